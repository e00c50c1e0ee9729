import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FauxqsServer } from "fauxqs";
import { expect, onTestFinished, test } from "vitest";
import {
  type Consumer,
  type ConsumerOptions,
  MemoryPositions,
  openConsumer,
  type Problem,
  queueClient,
} from "../../../clients/consumer/src/index.ts";
import { startFauxqs } from "../../support/fauxqs.ts";
import { attributesOf, base64url, encoded, gameEvent, header, packOf } from "./support.ts";

const fifo = { attributes: { FifoQueue: "true" } };
const answerMsMax = 20_000;

async function start(options: { dataDir?: string } = {}): Promise<FauxqsServer> {
  const server = await startFauxqs(options);
  onTestFinished(() => server.stop());
  return server;
}

type Given = Partial<ConsumerOptions> & Pick<ConsumerOptions, "queueUrl">;

async function open(server: FauxqsServer, given: Given): Promise<Consumer> {
  const credentials = { accessKeyId: "none", secretAccessKey: "none" };
  const client = queueClient({ region: "us-east-1", endpoint: server.address, credentials });
  onTestFinished(() => client.destroy());
  const usual = { client, waitSeconds: 1, pollers: 1, positions: new MemoryPositions() };
  const consumer = await openConsumer({ onProblem: () => {}, ...usual, ...given });
  onTestFinished(() => consumer.close());
  return consumer;
}

test.each(["all", "a stream whose name is no id of SQS ".repeat(3).trim()])(
  "events that cannot be read are put into a FIFO queue, and do not stop their stream: %s",
  async (stream) => {
    const server = await start();
    const { queueUrl, queueName } = server.createQueue("events.fifo", fifo);
    const poison = server.createQueue("events-poison.fifo", fifo);
    const damaged = Uint8Array.of(0x0a, 99);
    const packs = [[encoded(gameEvent(1))], [damaged, damaged], [encoded(gameEvent(3))]];
    for (const [i, pack] of packs.entries()) {
      server.sendMessage(queueName, base64url(packOf(pack)), {
        messageAttributes: attributesOf(header(i + 1, pack.length, "raw", stream)),
        ...{ messageGroupId: "all", messageDeduplicationId: `${i}` },
      });
    }
    const seen: number[] = [];
    await open(server, {
      queueUrl,
      poisonQueueUrl: poison.queueUrl,
      onEvent: ({ frame }) => void seen.push(frame),
    });
    await expect.poll(() => seen, { timeout: answerMsMax }).toEqual([1, 3]);
    const put = server.inspectQueue(poison.queueName)?.messages.ready ?? [];
    const id = /^[!-~]{1,128}$/;
    expect(put.map(({ messageGroupId }) => messageGroupId)).toEqual(
      stream === "all" ? ["all", "all"] : [expect.stringMatching(id), expect.stringMatching(id)],
    );
    const known = put.map(({ messageDeduplicationId }) => messageDeduplicationId);
    expect(known).toEqual(
      stream === "all"
        ? ["e1-all-2-0", "e1-all-2-1"]
        : [expect.stringMatching(id), expect.stringMatching(id)],
    );
    expect(new Set(known).size).toBe(2);
  },
);

test("what a consumer gives back as it closes is there again, where queues are kept in files too", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "tellurion-queues-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const server = await start({ dataDir });
  const { queueUrl, queueName } = server.createQueue("events");
  const second = base64url(packOf([encoded(gameEvent(2))]));
  server.sendMessage(queueName, second, { messageAttributes: attributesOf(header(2, 1)) });
  const problems: string[] = [];
  const consumer = await open(server, {
    queueUrl,
    onEvent: () => {},
    onProblem: ({ text }) => problems.push(text),
  });
  await expect.poll(() => consumer.counters.heldPacks, { timeout: answerMsMax }).toBe(1);
  await consumer.close();
  expect(problems).toEqual([]);
  const another = await open(server, { queueUrl, onEvent: () => {} });
  await expect.poll(() => another.counters.heldPacks, { timeout: answerMsMax }).toBe(1);
});

test("a consumer tells when it cannot give back what waits", async () => {
  const server = await start();
  const { queueUrl, queueName } = server.createQueue("events");
  const second = base64url(packOf([encoded(gameEvent(2))]));
  server.sendMessage(queueName, second, { messageAttributes: attributesOf(header(2, 1)) });
  const problems: Problem[] = [];
  const consumer = await open(server, {
    queueUrl,
    onEvent: () => {},
    onProblem: (problem) => problems.push(problem),
  });
  await expect.poll(() => consumer.counters.heldPacks, { timeout: answerMsMax }).toBe(1);
  server.deleteQueue(queueName);
  await consumer.close();
  expect(problems).toContainEqual(
    expect.objectContaining({ kind: "queue", text: expect.stringContaining("not given back") }),
  );
});
