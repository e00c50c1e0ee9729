import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, toBinary, toJsonString } from "@bufbuild/protobuf";
import type { FauxqsServer } from "fauxqs";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { RemoteCommandSchema } from "../../../src/gen/tellurion/v1/bridge_pb.ts";
import { runCommandLine } from "../../../src/server/commands/index.ts";
import { gameEvent, packOf, weatherEvent } from "../../actors/bridge/packs.ts";
import { startFauxqs } from "../../support/fauxqs.ts";
import { within } from "../../support/within.ts";

let server: FauxqsServer;
let source: string;
let dead: string;

beforeAll(async () => {
  server = await startFauxqs();
});
afterAll(() => server.stop());
beforeEach(() => {
  for (const name of ["world-commands", "world-commands-dead"]) server.deleteQueue(name);
  source = server.createQueue("world-commands").queueUrl;
  dead = server.createQueue("world-commands-dead").queueUrl;
});

async function dlq(...args: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const print = (text: string) => printed.push(text);
  const interrupted = new AbortController().signal;
  const line = ["dlq", args[0] as string, "--queue", dead, ...args.slice(1)];
  await within(line.join(" "), runCommandLine(line, { print, interrupted }), 20_000);
  return printed.join("\n");
}

function put(body: string, attributes: Record<string, string>, queue = "world-commands-dead") {
  const messageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [
      name,
      { DataType: /^\d+$/.test(StringValue) ? "Number" : "String", StringValue },
    ]),
  );
  return server.sendMessage(queue, body, { messageAttributes }).messageId;
}

function messagesIn(queue: string) {
  const { messages } = server.inspectQueue(queue) ?? {};
  return [...(messages?.ready ?? []), ...(messages?.inflight ?? []).map(({ message }) => message)];
}

const command = create(RemoteCommandSchema, {
  commandId: "c-17",
  method: "tellurion.v1.WeatherService/SetWeather",
  payload: { case: "json", value: '{"region":"atlantis"}' },
});
const commandJson = toJsonString(RemoteCommandSchema, command);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const refused = { reason: "refused", error: "NOT_FOUND: there is no actor weather/atlantis" };

test("list has a line for each message, and leaves them all where they are", async () => {
  put(commandJson, { c: "json", ...refused });
  put(text(toBinary(RemoteCommandSchema, command)), { c: "proto", ...refused });
  const pack = packOf(weatherEvent(1), weatherEvent(2));
  put(text(pack), { c: "raw", s: "weather", e: "e1", q: "7", n: "2" });
  put("\u2603", { c: "hex", reason: "undecodable", error: "forged\nline" });
  for (let run = 0; run < 2; run += 1) {
    const lines = (await dlq("list")).split("\n");
    expect(lines[0]).toMatch(/^MESSAGE {31}AGE {2,}REASON +WHAT +ERROR$/);
    expect(
      lines.slice(1, 5).map((line) =>
        line
          .slice(38)
          .replace(/^\d+ s/, "")
          .replace(/ {2,}/g, " | "),
      ),
    ).toEqual([
      " | refused | SetWeather c-17 | NOT_FOUND: there is no actor weather/atlantis",
      " | refused | SetWeather c-17 | NOT_FOUND: there is no actor weather/atlantis",
      " | received too often | weather e1/7, 2 events",
      " | undecodable | not readable | forged\\u000aline",
    ]);
    expect(lines[5]).toBe("4 messages listed; the queue has about 4");
  }
  expect(messagesIn("world-commands-dead")).toHaveLength(4);
});

test("a queue that is kept in files has all its messages after they were looked at", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "tellurion-dlq-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const kept = await startFauxqs({ dataDir });
  onTestFinished(() => kept.stop());
  dead = kept.createQueue("kept-dead").queueUrl;
  const messageAttributes = { c: { DataType: "String", StringValue: "json" } };
  for (let i = 0; i < 3; i += 1) kept.sendMessage("kept-dead", commandJson, { messageAttributes });
  for (let run = 0; run < 3; run += 1) {
    expect(await dlq("list")).toContain("3 messages listed; the queue has about 3");
  }
});

test("it is told when messages cannot be put back", async () => {
  const id = put(commandJson, { c: "json", ...refused });
  const terminal = {
    print: () => void server.deleteQueue("world-commands-dead"),
    interrupted: new AbortController().signal,
  };
  const line = ["dlq", "show", "--message", id, "--queue", dead];
  await expect(runCommandLine(line, terminal)).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("1 messages come back within 120 s only"),
  });
});

test("show tells what is in a pack, event by event, and in one that is broken", async () => {
  const pack = packOf(weatherEvent(1), gameEvent(19, new Uint8Array()));
  put(text(pack), { c: "raw", s: "weather", e: "e1", q: "7", n: "2" });
  const shown = await dlq("show");
  const { content, attributes } = JSON.parse(shown.slice(0, shown.lastIndexOf("}") + 1));
  expect(attributes).toEqual({ c: "raw", s: "weather", e: "e1", q: "7", n: "2" });
  expect(content).toEqual([
    {
      eventId: "0123456789abcdef:1:7:1",
      eventType: "EVENT_TYPE_WEATHER_CHANGED",
      source: "weather/moor",
      event: { weatherChanged: { region: "moor", newState: "rain", intensity: 1 } },
    },
    { unreadable: "event_type=19 is not known", hex: expect.stringMatching(/^[0-9a-f]+$/) },
  ]);
});

test("show of one message shows it as it can be read, and finds it behind others", async () => {
  for (let i = 0; i < 25; i += 1) put(`{"n":${i}}`, { c: "json" });
  const id = put(commandJson, { c: "json", ...refused });
  const shown = await dlq("show", "--message", id);
  expect(JSON.parse(shown.slice(0, shown.lastIndexOf("}") + 1))).toMatchObject({
    id,
    title: "SetWeather c-17",
    attributes: refused,
    content: { commandId: "c-17", json: '{"region":"atlantis"}' },
  });
  expect(messagesIn("world-commands-dead")).toHaveLength(26);
  await expect(dlq("show", "--message", "nothing")).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("redrive sends messages back as they were, without what was added, and deletes them", async () => {
  put(commandJson, { c: "json", traceparent: "00-1-2-01", ...refused });
  expect(await dlq("redrive")).toBe(`1 message redriven to ${source}; the queue has about 0`);
  expect(messagesIn("world-commands-dead")).toEqual([]);
  const [message] = messagesIn("world-commands");
  expect(message?.body).toBe(commandJson);
  expect(message?.messageAttributes).toEqual({
    c: { DataType: "String", StringValue: "json" },
    traceparent: { DataType: "String", StringValue: "00-1-2-01" },
  });
});

test("redrive of one message leaves the others; what cannot be sent stays", async () => {
  put("{}", { c: "json" });
  const id = put(commandJson, { c: "json", ...refused });
  await dlq("redrive", "--message", id, "--to", source);
  expect(messagesIn("world-commands").map(({ body }) => body)).toEqual([commandJson]);
  expect(messagesIn("world-commands-dead").map(({ body }) => body)).toEqual(["{}"]);
  await expect(dlq("redrive", "--to", `${source}-nowhere`)).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  expect(messagesIn("world-commands-dead")).toHaveLength(1);
  await expect(dlq("redrive", "--to", dead)).rejects.toMatchObject({ code: "INVALID_OPTION" });
});

test("a limit is kept, and told", async () => {
  for (let i = 0; i < 15; i += 1) put(commandJson, { c: "json", ...refused });
  expect(await dlq("redrive", "--limit", "12")).toContain("12 messages redriven to");
  expect(messagesIn("world-commands")).toHaveLength(12);
  expect(messagesIn("world-commands-dead")).toHaveLength(3);
});

test("messages of a FIFO queue keep their group, and are not swallowed as repetitions", async () => {
  server.createQueue("f.fifo", { attributes: { FifoQueue: "true" } });
  const fifoDead = server.createQueue("f-dead.fifo", { attributes: { FifoQueue: "true" } });
  dead = fifoDead.queueUrl;
  for (const number of [1, 2]) {
    server.sendMessage("f-dead.fifo", `{"n":${number}}`, {
      messageGroupId: "weather",
      messageDeduplicationId: `e1-weather-${number}`,
    });
    await dlq("redrive");
  }
  expect(messagesIn("f.fifo").map(({ body, messageGroupId }) => [body, messageGroupId])).toEqual([
    ['{"n":1}', "weather"],
    ['{"n":2}', "weather"],
  ]);
});

test("purge says what it would delete, and does it when it is meant", async () => {
  const id = put(commandJson, { c: "json", ...refused });
  put("{}", { c: "json" });
  put("{}", { c: "json" });
  await expect(dlq("purge")).rejects.toThrow(
    "purge deletes about 3 messages for good; valid is purge --yes, if that is meant",
  );
  expect(messagesIn("world-commands-dead")).toHaveLength(3);
  expect(await dlq("purge", "--message", id, "--yes")).toBe(
    "1 message deleted; the queue has about 2",
  );
  expect(await dlq("purge", "--yes")).toBe("about 2 messages deleted");
  expect(messagesIn("world-commands-dead")).toEqual([]);
});

test("what is missing or not there is said", async () => {
  const terminal = { print: () => {}, interrupted: new AbortController().signal };
  await expect(runCommandLine(["dlq", "list"], terminal)).rejects.toThrow("--queue is missing");
  await expect(runCommandLine(["dlq"], terminal)).rejects.toThrow("ACTION is missing");
  await expect(runCommandLine(["dlq", "drop"], terminal)).rejects.toThrow(
    'ACTION="drop" is not valid; valid are list, show, redrive, purge',
  );
  dead = `${source}-nowhere`;
  await expect(dlq("list")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(dlq("redrive")).rejects.toThrow("does not end with -dead");
});
