import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zstdCompressSync } from "node:zlib";
import type { FauxqsServer } from "fauxqs";
import { expect, onTestFinished, test } from "vitest";
import {
  attributesOf,
  base64url,
  encoded,
  gameEvent,
  header,
  packOf,
} from "../clients/consumer/support.ts";
import { startFauxqs } from "../support/fauxqs.ts";
import { temporaryFolder } from "../support/kept-world.ts";
import { Run, stopRuns } from "../support/run.ts";

const root = new URL("../../", import.meta.url);
const queue = "tellurion-sample-foreign";

/** The program of docs/bridge.md as a process: it has the SDK, protobufjs and the .proto files, and nothing else of ours. */
function runProgram(server: FauxqsServer, queueUrl: string): Run {
  const page = readFileSync(new URL("docs/bridge.md", root), "utf8");
  const [, code = ""] = /```js\n([\s\S]+?)```/.exec(page) ?? [];
  const folder = temporaryFolder();
  symlinkSync(fileURLToPath(new URL("node_modules", root)), join(folder, "node_modules"), "dir");
  const program = join(folder, "consumer.mjs");
  writeFileSync(program, code);
  Object.assign(process.env, {
    ...{ QUEUE_URL: queueUrl, ENDPOINT: server.address },
    PROTO: fileURLToPath(new URL("proto", root)),
    ...{ AWS_ACCESS_KEY_ID: "none", AWS_SECRET_ACCESS_KEY: "none" },
  });
  onTestFinished(stopRuns);
  return new Run(program);
}

test("the consumer of docs/bridge.md reads each codec, in order and once, and empties its queue", async () => {
  const server = await startFauxqs();
  onTestFinished(() => server.stop());
  const { queueUrl } = server.createQueue(queue);
  const send = (q: number, n: number, codec: string, body: string, stream?: string) => {
    const messageAttributes = attributesOf(header(q, n, codec, stream));
    server.sendMessage(queue, body, { messageAttributes });
  };
  const pack = (...numbers: number[]) => packOf(numbers.map((n) => encoded(gameEvent(n))));
  const json = {
    ...{ eventId: "w1:6:7:6", eventType: "EVENT_TYPE_WEATHER_CHANGED", worldTimeMs: "96" },
    ...{ topic: "weather/north-marsh", frame: "6" },
    event: { weatherChanged: { oldState: "clear", newState: "rain 6", region: "north-marsh" } },
  };
  send(3, 1, "event", base64url(encoded(gameEvent(5))));
  send(1, 2, "raw", base64url(pack(1, 2)));
  send(1, 2, "raw", base64url(pack(1, 2)));
  send(4, 1, "json", JSON.stringify(json));
  send(2, 2, "zstd", base64url(zstdCompressSync(pack(3, 4))));
  send(1, 1, "raw", base64url(pack(9)), "other");
  const run = runProgram(server, queueUrl);
  const lines = () => run.out.split("\n").filter((line) => line !== "");
  await expect.poll(lines, { timeout: 30_000, message: run.errors }).toHaveLength(7);
  const read = lines().map((line) => JSON.parse(line) as typeof json);
  const expected = (n: number) => ({
    eventId: `w1:${n}:7:${n}`,
    topic: "weather/north-marsh",
    event: {
      weatherChanged: { oldState: "clear", newState: `rain ${n}`, region: "north-marsh" },
    },
  });
  const isOther = ({ eventId }: { readonly eventId: string }) => eventId === "w1:9:7:9";
  expect(read.filter((event) => !isOther(event))).toMatchObject([1, 2, 3, 4, 5, 6].map(expected));
  expect(read.filter(isOther)).toMatchObject([expected(9)]);
  const left = () => {
    const { ready = [], inflight = [] } = server.inspectQueue(queue)?.messages ?? {};
    return ready.length + inflight.length;
  };
  await expect.poll(left, { timeout: 10_000 }).toBe(0);
  expect(run.errors).toBe("");
});
