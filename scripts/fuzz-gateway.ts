import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { WeatherEventSchema } from "../src/gen/tellurion/v1/weather_pb.ts";
import { integer, readOptions } from "../src/server/commands/options.ts";
import { closeCodes } from "../src/server/gateway/close-codes.ts";
import type { Connection, Line } from "../src/server/gateway/connection.ts";
import { Gateway } from "../src/server/gateway/gateway.ts";
import { subprotocols } from "../src/server/gateway/subprotocol.ts";
import { defaultLimits, type Limits } from "../src/server/limits.ts";
import { createLog } from "../src/server/log.ts";
import { FakeWorld } from "../test/support/fake-world.ts";
import { corpus } from "../test/support/fuzz/corpus.ts";
import { Mutator } from "../test/support/fuzz/mutator.ts";
import { ProtocolClient } from "../test/support/protocol-client.ts";
import { answerWeather, serveFakeWorld } from "../test/support/served-world.ts";
import { within } from "../test/support/within.ts";
import { HostileActs } from "./fuzz/hostile-acts.ts";
import { actOnSocket } from "./fuzz/hostile-sockets.ts";

const inputsPerBatch = 1_000;
/** Of so many inputs, one is sent over a real WebSocket too. */
const inputsPerSocketInput = 50;
/** Of so many inputs, one more is an act of somebody who breaks the rules in full knowledge. */
const inputsPerAct = 20;
/** And one is an act below the messages, on a WebSocket of its own. */
const inputsPerSocketAct = 500;
const heapGrowthBytesMax = 64 * 1_048_576;
const failuresShownMax = 20;
/** What a client sees when the connection ends without a close: here, because it ended it. */
const cutOff = 1006;
/** The ping behind each input. Its pong says that the input has been dealt with. */
const lastRequest = 4_000_000_000;
/** Closes that are the client's own fault. Any other would be a defect. */
const coded = new Set<number | undefined>(
  Object.entries(closeCodes).map(([reason, code]) => (reason.startsWith("CLIENT_") ? code : 0)),
);

const limits: Partial<Limits> = {
  joinsPerSecondMax: 100_000,
  joinsBurstMax: 100_000,
  messagesPerSecondMax: 100_000,
  messagesBurstMax: 100_000,
  bytesPerSecondMax: 1_073_741_824,
  bytesBurstMax: 1_073_741_824,
  callTimeoutMs: 50,
  callTimeoutMsMax: 50,
};

let passed = 0;
let failed = 0;

function check(isRight: boolean, what: () => string): void {
  if (isRight) passed += 1;
  else {
    failed += 1;
    if (failed <= failuresShownMax) console.error(`FAILED: ${what()}`);
  }
}

/**
 * Throws every input at sessions in memory: decoding, sessions, calls and answers, without the
 * network.
 */
async function fuzzSessions(count: number, seed: number): Promise<void> {
  const world = new FakeWorld();
  answerWeather(world);
  const log = createLog(() => {});
  const gateway = new Gateway(world, { ...defaultLimits, ...limits }, log);
  const bystander = openLine(gateway, "tellurion.v1.proto");
  bystander.session.receive(corpus["tellurion.v1.proto"][1] as Uint8Array, true);
  const targets = subprotocols.map(({ name }, index) => ({
    name: name as keyof typeof corpus,
    mutator: new Mutator(seed + index, corpus[name as keyof typeof corpus]),
    open: openLine(gateway, name),
  }));
  let heapBefore = 0;
  for (let done = 0; done < count; done += 1) {
    const target = targets[done % targets.length] as (typeof targets)[number];
    const { mutator } = target;
    if (!target.open.session.isOpen) {
      target.open = openLine(gateway, target.name, mutator.chance(0.9));
    }
    const input = mutator.next();
    const isBinary = (target.name === "tellurion.v1.proto") !== mutator.chance(0.001);
    let thrown: unknown;
    try {
      gateway.receive(target.open.session, input, isBinary);
    } catch (error) {
      thrown = error;
    }
    const { line, session } = target.open;
    const isEnded = !session.isOpen && coded.has(line.closedWith);
    const isOn = session.isOpen && line.closedWith === undefined;
    check(thrown === undefined && !line.defect && (isOn || isEnded), () =>
      describeInput(input, `${thrown ?? line.closedWith ?? "INTERNAL_ERROR"}`),
    );
    line.defect = false;
    if (done % inputsPerBatch !== 0) continue;
    const before = bystander.line.sent;
    world.publish(WeatherEventSchema, { region: "north-marsh" });
    world.endFrame();
    check(bystander.session.isOpen && bystander.line.sent === before + 1, () => "bystander");
    await new Promise(setImmediate);
    if (done >= count / 10) heapBefore ||= heapUsed();
  }
  const growth = heapUsed() - heapBefore;
  check(growth < heapGrowthBytesMax, () => `the heap grew by ${growth} bytes`);
  check(gateway.counters.connections <= 3, () => `${gateway.counters.connections} sessions left`);
}

class CountingLine implements Line {
  readonly bufferedBytes = 0;
  sent = 0;
  closedWith: number | undefined;
  defect = false;

  send(data: Uint8Array): void {
    this.sent += 1;
    this.defect ||= Buffer.from(data.buffer, data.byteOffset, data.length).includes("INTERNAL_");
  }

  sendWithNext(data: Uint8Array): void {
    this.send(data);
  }

  hold(data: Uint8Array): void {
    this.send(data);
  }

  flush(): void {}

  close(code: number): void {
    this.closedWith = code;
  }
}

function openLine(
  gateway: Gateway,
  name: string,
  joins = true,
): { line: CountingLine; session: Connection } {
  const line = new CountingLine();
  const subprotocol = subprotocols.find((known) => known.name === name) ?? subprotocols[0];
  const session = gateway.accept(line, subprotocol);
  const [hello] = corpus[subprotocol.name as keyof typeof corpus];
  if (joins && hello) gateway.receive(session, hello, subprotocol.isBinary);
  return { line, session };
}

/** Sends inputs over real WebSockets, some of them damaged below the WebSocket protocol. */
async function fuzzSockets(count: number, seed: number): Promise<void> {
  const served = await serveFakeWorld(limits);
  const url = served.webSocketUrl;
  const bystander = await ProtocolClient.join(url, "tellurion.v1.proto");
  await bystander.subscribe("weather");
  for (const [index, name] of (["tellurion.v1.proto", "tellurion.v1.json"] as const).entries()) {
    const mutator = new Mutator(seed + 10 + index, corpus[name]);
    let client = await ProtocolClient.join(url, name);
    for (let done = 0; done < count / 2; done += 1) {
      const input = mutator.next();
      const isRaw = mutator.chance(0.05);
      if (isRaw) {
        const raw = rawSocketOf(client);
        raw.end(mutator.bytes(1 + input.length));
      } else {
        client.socket.send(input, { binary: name === "tellurion.v1.proto" });
        client.send({ ping: { request: lastRequest } });
      }
      const end = await within("an answer", Promise.race([answered(client), client.closed]));
      const isRight = end === undefined || coded.has(end.code) || (isRaw && end.code === cutOff);
      check(isRight, () => describeInput(input, `${end?.code}`));
      if (end !== undefined) client = await ProtocolClient.join(url, name);
    }
    served.world.publish(WeatherEventSchema, { region: "north-marsh" });
    served.world.endFrame();
    check((await bystander.next("frame")).events.length === 1, () => "bystander");
    await client.close();
  }
  await served.close();
}

/** Tokens that are forged, old or used, messages in the wrong order, calls without the scope: each gets its code. */
async function fuzzRules(count: number, seed: number): Promise<void> {
  const acts = await HostileActs.begin(new Mutator(seed + 20, corpus["tellurion.v1.proto"]));
  let heapBefore = 0;
  for (let done = 0; done < count; done += 1) {
    const problem = await acts.act();
    check(problem === undefined, () => `act ${done}: ${problem}`);
    if (done % inputsPerBatch !== 0) continue;
    check(acts.tell(), () => "bystander");
    if (done >= count / 10) heapBefore ||= heapUsed();
  }
  check(acts.tell(), () => "bystander");
  const growth = heapUsed() - heapBefore;
  check(growth < heapGrowthBytesMax, () => `the heap grew by ${growth} bytes`);
  check(acts.gateway.counters.connections === 1, () => "connections are left");
  acts.gateway.close();
}

/** Frames of the WebSocket protocol that are oversized, fragmented or interleaved. */
async function fuzzFrames(count: number, seed: number): Promise<void> {
  const served = await serveFakeWorld(limits);
  const mutator = new Mutator(seed + 30, corpus["tellurion.v1.proto"]);
  const bystander = await ProtocolClient.join(served.webSocketUrl, "tellurion.v1.proto");
  await bystander.subscribe("weather");
  for (let done = 0; done < count; done += 1) {
    const problem = await actOnSocket(served.webSocketUrl, mutator);
    check(problem === undefined, () => `frames of act ${done}: ${problem}`);
  }
  served.world.publish(WeatherEventSchema, { region: "north-marsh" });
  served.world.endFrame();
  check((await bystander.next("frame")).events.length === 1, () => "bystander");
  await served.close();
}

/** Resolves when the server has dealt with all that the client sent. */
async function answered(client: ProtocolClient): Promise<undefined> {
  while ((await client.next("pong")).request !== lastRequest);
}

function rawSocketOf(client: ProtocolClient): { end(data: Uint8Array): void } {
  return (client.socket as unknown as { _socket: { end(data: Uint8Array): void } })._socket;
}

function describeInput(input: Uint8Array, what: string): string {
  return `${what} for ${Buffer.from(input).toString("hex").slice(0, 400)}`;
}

function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

const options = readOptions(
  {
    count: integer("N", "inputs", { default: 100_000, min: 100, max: 1_000_000_000 }),
    seed: integer("SEED", "of all chance", { default: 1, min: 0, max: Number.MAX_SAFE_INTEGER }),
  },
  process.argv.slice(2),
);
console.log(`fuzzing the gateway: --count ${options.count} --seed ${options.seed}`);
await fuzzSessions(options.count, options.seed);
await fuzzSockets(Math.ceil(options.count / inputsPerSocketInput), options.seed);
await fuzzRules(Math.ceil(options.count / inputsPerAct), options.seed);
await fuzzFrames(Math.ceil(options.count / inputsPerSocketAct), options.seed);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
