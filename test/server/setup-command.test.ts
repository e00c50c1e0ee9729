import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { actors } from "../../src/actors/index.ts";
import { readConfiguration } from "../../src/bridges/read-configuration.ts";
import { catalogueOf } from "../../src/runtime/host.ts";
import { runCommandLine } from "../../src/server/commands/index.ts";
import { type Emulator, startEmulator } from "../support/fauxqs.ts";
import { within } from "../support/within.ts";

let emulator: Emulator;
let folder: string;
beforeEach(async () => {
  emulator = await startEmulator();
  folder = mkdtempSync(join(tmpdir(), "tellurion-setup-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
  await emulator.close();
});

async function setup(...words: string[]): Promise<string[]> {
  const printed: string[] = [];
  const terminal = {
    print: (text: string) => printed.push(text),
    interrupted: new AbortController().signal,
  };
  const args = ["setup", "--endpoint", emulator.endpoint, "--service", "local", ...words];
  await within("setup", runCommandLine(args, terminal));
  return printed;
}

describe("setup", () => {
  test("says what it would do, does it, and then finds nothing left to do", async () => {
    const plan = await setup("--plan");
    expect(plan).toContain("create  topic         tellurion-sample-events");
    expect(plan.at(-1)).toBe("7 to create, 0 to change, 0 as they are; nothing was touched");
    expect((await emulator.clients.sqs.listQueues({})).QueueUrls ?? []).toEqual([]);
    const done = await setup();
    expect(done).toContain("7 created, 0 changed, 0 as they are");
    const again = await setup();
    expect(again).toContain("0 created, 0 changed, 7 as they are");
    expect(again.at(-1)).toBe(done.at(-1));
  });

  test("prints a configuration that fits, with which messages come and go", async () => {
    const method = "tellurion.v1.WeatherService/SetWeather";
    const configuration = JSON.parse((await setup("--method", method)).at(-1) ?? "");
    expect(configuration).toMatchObject({
      region: "us-east-1",
      endpoint: emulator.endpoint,
      out: { fifo: false },
      commands: { methods: [method] },
    });
    const { out, commands } = configuration;
    await emulator.clients.sns.publish({ TopicArn: out.topicArn, Message: "pack" });
    const queued = (name: string) => emulator.server.inspectQueue(name)?.messages.ready.length;
    expect(queued("tellurion-sample-local")).toBe(1);
    const { sqs } = emulator.clients;
    await sqs.sendMessage({ QueueUrl: commands.queueUrl, MessageBody: "{}" });
    await sqs.sendMessage({ QueueUrl: commands.deadLetterQueueUrl, MessageBody: "{}" });
    expect(queued("tellurion-sample-commands")).toBe(1);
    expect(queued("tellurion-sample-commands-dead")).toBe(1);
  });

  test("prints one that a bridge takes, by which no command comes in that was not named", async () => {
    const configuration = JSON.parse((await setup()).at(-1) ?? "");
    const { out, commands } = readConfiguration(configuration, catalogueOf(actors));
    expect([out?.fifo, commands]).toEqual([false, undefined]);
  });

  test("writes the configuration into a file, and never over one that says something else", async () => {
    const file = join(folder, "bridge.json");
    expect((await setup("--write", file)).at(-1)).toBe(`${file} has the configuration`);
    expect(JSON.parse(readFileSync(file, "utf8"))).toHaveProperty("out.topicArn");
    expect((await setup("--write", file)).at(-1)).toBe(`${file} says so already`);
    writeFileSync(file, "{}");
    await expect(setup("--write", file)).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringMatching(/--write=.*EEXIST.*valid are files that are not there yet/),
    });
    expect(readFileSync(file, "utf8")).toBe("{}");
  });

  test("shows what it changes of a resource", async () => {
    await setup();
    const { sqs } = emulator.clients;
    const { QueueUrl } = await sqs.getQueueUrl({ QueueName: "tellurion-sample-local" });
    await sqs.setQueueAttributes({ QueueUrl, Attributes: { VisibilityTimeout: "5" } });
    const plan = await setup("--plan");
    const line = plan.indexOf("change  queue         tellurion-sample-local");
    expect(plan[line + 1]?.trim()).toBe("VisibilityTimeout: 5 → 60");
  });

  test("wants to know where", async () => {
    vi.stubEnv("AWS_REGION", undefined);
    const terminal = { print: () => undefined, interrupted: new AbortController().signal };
    await expect(runCommandLine(["setup"], terminal)).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringMatching(/--region is missing; valid are --region REGION for AWS, or/),
    });
  });
});
