import { describe, expect, test } from "vitest";
import { TimePhaseEventSchema } from "../../src/gen/tellurion/v1/clock_pb.ts";
import { runCommandLine } from "../../src/server/commands/index.ts";
import { limitOption } from "../../src/server/commands/limit-option.ts";
import { integer, optionsHelp, readOptions } from "../../src/server/commands/options.ts";
import { originOption } from "../../src/server/commands/origin-option.ts";
import { ProtocolClient } from "../support/protocol-client.ts";
import { serveFakeWorld } from "../support/served-world.ts";
import { within } from "../support/within.ts";

const never = new AbortController().signal;

async function run(commandLine: string, interrupted = never): Promise<string[]> {
  const printed: string[] = [];
  const print = (text: string) => printed.push(text);
  await within(
    commandLine,
    runCommandLine(commandLine.split(" ").filter(Boolean), { print, interrupted }),
  );
  return printed;
}

describe("a command line that is not valid", () => {
  test.each([
    [
      "strat",
      /command="strat" is not known; valid are start, simulate, watch, load, replay, inspect, export, check, dlq, setup, cost, help/,
    ],
    ["help nothing", /command="nothing" is not known/],
    ["start --prot 1", /option --prot is not valid here; valid are --port, --host, .*--help/],
    ["start -p 1", /option -p is not valid here/],
    ["start sample", /argument "sample" is not valid here/],
    ["start --port 70000", /--port="70000" is not valid; valid are integers from 0 to 65535/],
    ["start --port", /--port without a value is not valid; valid are integers from 0 to 65535/],
    ["start --port --memory", /--port="--memory" is not valid|--port without a value/],
    ["start --seed -1", /--seed/],
    ["start --seed 1e3", /--seed="1e3" is not valid/],
    ["start --seed 9007199254740992", /valid are integers from 0 to 9007199254740991/],
    ["start --workers 17", /valid are integers from 1 to 16/],
    [
      "start --services clima",
      /--services="clima" is not known; valid are clock, weather, world, /,
    ],
    ["start --services=", /--services="" is not valid; valid are names with commas between them/],
    ["start --tick-hz 0", /valid are integers from 1 to 240/],
    ["start --memory=yes", /--memory="yes" is not valid; it takes no value$/],
    ["start --host 0.0.0.0", /--host="0.0.0.0".*without keys.*valid are loopback addresses/],
    ["start --host example.org", /valid are loopback addresses/],
    ["start --jwt-issuer me", /valid with keys only/],
    ["start --jwt-secret-file /none", /--jwt-secret-file="\/none" cannot be read/],
    ["start --jwks /none --jwt-secret-file x", /valid is one of the two/],
    ["start --data x --memory", /--data="x" is not valid with --memory; valid is one of the two/],
    ["start --data=", /--data="" is not valid; valid are a text that is not empty/],
    [
      "start --data package.json",
      /--data="package.json" cannot be made .*EEXIST.*--memory instead/,
    ],
    ["start --data package.json/x", /--data="package.json\/x" cannot be made .*ENOTDIR/],
    ["start --history -1", /--history/],
    ["start --history 9000", /--history="9000" is not valid; valid are integers from 0 to 8760/],
    ["start --handler-ms 1", /--handler-ms="1" is not valid; valid are integers from 50 to 600000/],
    ["start --worker-memory 1", /valid are integers from 32 to 65536/],
    ["start --limit speed=1", /valid are NAME=VALUE with one of .*connectionsMax, /],
    ["start --limit connectionsMax=0", /connectionsMax="0" is not valid; valid are .* from 1 to/],
    ["start --__proto__ 1", /option --__proto__ is not valid here/],
    ["start --allow-origin https://a.example/x", /valid are origins like https:.*without a path/],
    ["start --allow-origin a.example", /--allow-origin="a.example" is not valid/],
    ["start --world nope", /--world="nope" is not known; valid are (\S+, )*sample, .*or a path/],
    ["replay", /FILE is missing; valid is the file of a world, like data\/sample.tellurion/],
    [
      "replay a.tellurion b.tellurion",
      /argument "b.tellurion" is not valid here; valid are --to, /,
    ],
    ["replay --file a.tellurion", /option --file is not valid here/],
    ["replay a.tellurion --to first", /--to="first" is not valid; valid are integers from 0 to/],
    ["inspect a.tellurion --diff 5", /--diff="5" is not valid; valid are two frames with a comma/],
    ["inspect a.tellurion --actor marsh", /--actor="marsh" is not valid; valid are addresses like/],
    ["inspect a.tellurion --frame 1 --diff 1,2", /--frame is not valid with --diff/],
    ["export a.tellurion --topics ,", /valid are topics with commas between them/],
    ["simulate --frames 0", /valid are integers from 1 to 1000000000/],
    ["simulate --port 1", /option --port is not valid here/],
    ["watch --url http://127.0.0.1", /valid are addresses like ws:/],
    ["watch --topics time,,weather", /valid are topics with commas between them/],
    ["load --profile dance", /--profile="dance" is not valid; valid are idle, watch, play/],
    ["load --clients 0", /valid are integers from 1 to 100000/],
    ["load --report report.pdf", /valid are files that end in .html or .md/],
    ["load --token-file no/such/file", /--token-file=no\/such\/file: ENOENT/],
  ])("%s: says what is valid", async (commandLine, text) => {
    await expect(run(commandLine)).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringMatching(text),
    });
  });

  test("names a world that is not there", async () => {
    await expect(run("simulate --world ./no-such-world")).rejects.toMatchObject({
      code: "INVALID_WORLD_PACK",
      message: expect.stringContaining("no-such-world"),
    });
  });
});

describe("help", () => {
  const names = ["start", "simulate", "watch", "replay", "inspect", "export"];

  test.each(["", "help", "--help", "-h"])("%j lists the commands", async (commandLine) => {
    const [text] = await run(commandLine);
    for (const name of names) expect(text).toContain(`  ${name} `);
  });

  test.each(["start --help", "start --port 1 -h", "help start"])(
    "%j explains each option and limit of start",
    async (commandLine) => {
      const [text] = await run(commandLine);
      expect(text).toMatch(/--port PORT +\S.* \(8080\)/);
      expect(text).toContain("connectionsMax=1000");
    },
  );
});

test("help names what a command works on", async () => {
  const [text] = await run("help replay");
  expect(text).toMatch(/^Usage: .* replay FILE \[options\]\n/);
  expect(text).toMatch(/\n {2}FILE +the file of a world, like/);
});

test.each(["replay", "inspect", "export"])("%s says that its file is not there", async (name) => {
  await expect(run(`${name} no-such.tellurion`)).rejects.toMatchObject({
    code: "WORLD_FILE_INVALID",
    message: expect.stringContaining('there is no world file "no-such.tellurion"'),
  });
});

test("an option that may be there more than once keeps all of its values", () => {
  const table = { "allow-origin": originOption, limit: limitOption };
  const words =
    "--allow-origin HTTPS://A.example:443 --limit heartbeatMs=20 " +
    "--allow-origin app://game --limit connectionsMax=3";
  expect(readOptions(table, words.split(" "))).toEqual({
    "allow-origin": ["https://a.example", "app://game"],
    limit: { heartbeatMs: 20, connectionsMax: 3 },
  });
});

test("an option's table says how it is read, and how it is explained", () => {
  const table = { rate: integer("HZ", "how often", { default: 5, min: 1, max: 9 }) };
  expect(readOptions(table, [])).toEqual({ rate: 5 });
  expect(readOptions(table, ["--rate", "7"])).toEqual({ rate: 7 });
  expect(readOptions(table, ["--rate=8", "--rate=9"])).toEqual({ rate: 9 });
  expect(optionsHelp(table)).toEqual(["  --rate HZ  how often (5)"]);
});

describe("watch", () => {
  test("prints events as they come, until it is interrupted", async () => {
    const served = await serveFakeWorld();
    const user = new AbortController();
    const lines: string[] = [];
    const watching = runCommandLine(["watch", "--url", served.webSocketUrl], {
      interrupted: user.signal,
      print(text) {
        lines.push(text);
        if (text.startsWith("watching")) {
          served.world.publish(TimePhaseEventSchema, { oldPhase: 1, newPhase: 2, gameMs: 5n });
          served.world.endFrame();
        }
        if (lines.length === 3) user.abort();
      },
    });
    await within("the end of watch", watching);
    expect(lines).toEqual([
      "world fake, frame 0, 60 frames a second",
      "watching storm, time, timer, weather",
      "1  timePhase  oldPhase=DAY_PHASE_NIGHT newPhase=DAY_PHASE_DAWN gameMs=5",
    ]);
    await served.close();
  });

  test("prints JSON, one event a line", async () => {
    const served = await serveFakeWorld();
    const user = new AbortController();
    const lines: string[] = [];
    const watching = runCommandLine(
      ["watch", "--url", served.webSocketUrl, "--json", "--topics", "time"],
      {
        interrupted: user.signal,
        print(text) {
          lines.push(text);
          user.abort();
        },
      },
    );
    const other = await ProtocolClient.join(served.webSocketUrl, "tellurion.v1.proto");
    await other.subscribe("time");
    while (lines.length === 0) {
      served.world.publish(TimePhaseEventSchema, { newPhase: 3 });
      served.world.endFrame();
      other.send({ ping: { request: 1 } });
      await other.next("pong");
    }
    await within("the end of watch", watching);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      name: "timePhase",
      event: { newPhase: "DAY_PHASE_DAY" },
    });
    await served.close();
  });

  test("says so when no server is there, or it goes away, or a topic is not known", async () => {
    const served = await serveFakeWorld();
    await expect(run(`watch --url ${served.webSocketUrl} --topics storms`)).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringContaining("valid are storm, time, timer, weather"),
    });
    const watching = runCommandLine(["watch", "--url", served.webSocketUrl], {
      interrupted: never,
      print: (text) => {
        if (text.startsWith("watching")) void served.close();
      },
    });
    await expect(within("the end of watch", watching)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("1001 WORLD_STOPPED"),
    });
    await expect(run(`watch --url ${served.webSocketUrl}`)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("no world answers"),
    });
  });
});
