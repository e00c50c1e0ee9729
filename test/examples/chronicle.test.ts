import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { queueClient } from "../../clients/consumer/src/index.ts";
import { openChronicle } from "../../examples/chronicle/chronicle.ts";
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

interface Entry {
  readonly entry: number;
  readonly event_id: string;
  readonly message: unknown;
}

async function eventsAt(url: string, query = ""): Promise<readonly Entry[]> {
  const response = await fetch(`${url}/events?${query}`);
  return ((await response.json()) as { events: readonly Entry[] }).events;
}

async function emulator() {
  const server = await startFauxqs();
  onTestFinished(() => server.stop());
  const { queueUrl } = server.createQueue("chronicle");
  const poisonQueueUrl = server.createQueue("chronicle-poison").queueUrl;
  let sequence = 0;
  const send = (...events: Uint8Array[]) => {
    const messageAttributes = attributesOf(header(++sequence, events.length));
    server.sendMessage("chronicle", base64url(packOf(events)), { messageAttributes });
  };
  return { server, queueUrl, poisonQueueUrl, send };
}

test("the chronicle has each event once, also after it was started again, and is read by topic", async () => {
  const { server, queueUrl, poisonQueueUrl, send } = await emulator();
  const file = join(temporaryFolder(), "chronicle.db");
  const credentials = { accessKeyId: "none", secretAccessKey: "none" };
  const client = queueClient({ region: "us-east-1", endpoint: server.address, credentials });
  const open = async () => {
    // The emulator gives messages to long polls whose consumer has gone.
    const quick = { port: 0, waitSeconds: 0, log: () => {} };
    const options = { client, queueUrl, poisonQueueUrl, file, ...quick };
    const chronicle = await openChronicle(options);
    onTestFinished(() => chronicle.close().catch(() => {}));
    return chronicle;
  };
  const unreadable = { ...gameEvent(3), payload: Uint8Array.of(0x0a, 99) };
  send(encoded(gameEvent(1)), encoded(gameEvent(2, "coast")), encoded(unreadable));
  const first = await open();
  await expect.poll(() => eventsAt(first.url), { timeout: 10_000 }).toHaveLength(2);
  expect(server.inspectQueue("chronicle-poison")?.messages.ready).toHaveLength(1);
  await first.close();
  send(encoded(gameEvent(1)), encoded(gameEvent(4)));
  const second = await open();
  await expect.poll(() => eventsAt(second.url), { timeout: 30_000 }).toHaveLength(3);
  expect(await eventsAt(second.url, "topic=weather/north-marsh&after=1")).toMatchObject([
    {
      event_id: "w1:4:7:4",
      type: "WEATHER_CHANGED",
      frame: 4,
      world_time_ms: 64,
      source: "weather/north-marsh",
      message: { region: "north-marsh", oldState: "clear", newState: "rain 4" },
    },
  ]);
  expect(await (await fetch(second.url)).text()).toContain("<title>Chronicle</title>");
  expect((await fetch(`${second.url}/events?limit=5000`)).status).toBe(400);
  expect((await fetch(`${second.url}/else`)).status).toBe(404);
});

test("it runs as a process, and says what it needs", async () => {
  onTestFinished(stopRuns);
  const { server, queueUrl, send } = await emulator();
  expect(await new Run("examples/chronicle/main.ts").exit).toBe(2);
  send(encoded(gameEvent(1)));
  const file = join(temporaryFolder(), "chronicle.db");
  const args = ["--queue", queueUrl, "--endpoint", server.address, "--file", file, "--port", "0"];
  const run = new Run("examples/chronicle/main.ts", ...args);
  await expect.poll(() => run.out, { timeout: 20_000 }).toContain("read at http://");
  const url = /http:\S+/.exec(run.out)?.[0] ?? "";
  await expect.poll(() => eventsAt(url), { timeout: 10_000 }).toHaveLength(1);
  run.child.kill("SIGTERM");
  expect(await run.exit).toBe(0);
});
