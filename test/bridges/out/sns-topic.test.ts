import { createServer, type Socket } from "node:net";
import type { FauxqsServer } from "fauxqs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type AwsClients, oneAttempt, openAwsClients } from "../../../src/bridges/aws-clients.ts";
import { type Message, messageOf } from "../../../src/bridges/out/message.ts";
import { snsTopic } from "../../../src/bridges/out/sns-topic.ts";
import { startFauxqs } from "../../support/fauxqs.ts";
import { within } from "../../support/within.ts";

const signal = new AbortController().signal;
let aws: FauxqsServer;
let clients: AwsClients;

beforeAll(async () => {
  aws = await startFauxqs();
  const endpoint = `http://127.0.0.1:${aws.port}`;
  clients = await openAwsClients({ region: "us-east-1", endpoint }, oneAttempt);
});
afterAll(async () => {
  clients.close();
  await aws.stop();
});

/** A topic and the queue of one who listens to it. */
function listened(name: string, suffix: "" | ".fifo") {
  const attributes = suffix === "" ? {} : { FifoTopic: "true" };
  const { topicArn } = aws.createTopic(`${name}${suffix}`, { attributes });
  const queue = `${name}-queue${suffix}`;
  aws.createQueue(queue, suffix === "" ? {} : { attributes: { FifoQueue: "true" } });
  const raw = { RawMessageDelivery: "true" };
  aws.subscribe({ topic: `${name}${suffix}`, queue, attributes: raw });
  return { topicArn, messages: () => aws.inspectQueue(queue)?.messages.ready ?? [] };
}

const message = (sequence: number, fifo: boolean) =>
  messageOf(
    {
      ...{ id: sequence, stream: "weather", epoch: "0a1b2c3d-11223344", sequence, events: 2 },
      ...{
        codec: "raw",
        schema: "0123456789abcdef",
        closedMs: 0,
        traceparent: "",
        body: Uint8Array.of(255, 254),
      },
    },
    "moor",
    fifo,
  );

test("a message arrives with its body and attributes", async () => {
  const { topicArn, messages } = listened("plain", "");
  const topic = await snsTopic(clients.sns, topicArn);
  await topic.publish(message(1, false), signal);
  expect(messages()).toMatchObject([
    { body: "__4", messageAttributes: message(1, false).attributes },
  ]);
});

test("a FIFO topic keeps the order, and takes a message that is sent again once", async () => {
  const { topicArn, messages } = listened("ordered", ".fifo");
  const topic = await snsTopic(clients.sns, topicArn);
  for (const sequence of [1, 2, 2, 1, 3]) await topic.publish(message(sequence, true), signal);
  const numbers = messages().map(({ messageAttributes: { q } }) => q?.StringValue);
  expect(numbers).toEqual(["1", "2", "3"]);
});

describe("messages that are published at the same time", () => {
  /** Each attempt's messages, by their sequence numbers, and what becomes of it. */
  const allTaken = (sequences: string[]) => ({
    Successful: sequences.map((_sequence, i) => ({ Id: String(i) })),
  });
  async function publishing(answer: (sequences: string[]) => object = allTaken) {
    const requests: string[][] = [];
    const send = async ({ input }: { readonly input: Input }) => {
      const entries = input.PublishBatchRequestEntries ?? [input];
      const sequences = entries.map(({ MessageAttributes }) => MessageAttributes.q.StringValue);
      requests.push(sequences);
      return answer(sequences);
    };
    const client = { send } as unknown as AwsClients["sns"];
    const topic = await snsTopic(client, "arn:aws:sns:us-east-1:000000000000:plain");
    const outcomesOf = (messages: readonly Message[]) =>
      Promise.allSettled(messages.map((one) => topic.publish(one, signal)));
    return { requests, outcomesOf };
  }
  interface Input {
    readonly PublishBatchRequestEntries?: readonly Input[];
    readonly MessageAttributes: { readonly q: { readonly StringValue: string } };
  }
  const ofBytes = (sequence: number, bytes: number): Message => ({
    ...message(sequence, false),
    body: "x".repeat(bytes),
  });

  test("go together, as many as a request takes", async () => {
    const { requests, outcomesOf } = await publishing();
    const small = Array.from({ length: 12 }, (_none, i) => ofBytes(i, 10));
    await outcomesOf(small);
    expect(requests.map(({ length }) => length)).toEqual([10, 2]);
    requests.length = 0;
    const large = Array.from({ length: 9 }, (_none, i) => ofBytes(i, 61_440));
    await outcomesOf([...large, ofBytes(9, 255_000)]);
    expect(requests).toEqual([["0", "1", "2", "3"], ["4", "5", "6", "7"], ["8"], ["9"]]);
  });

  test("arrive all", async () => {
    const { topicArn, messages } = listened("together", "");
    const topic = await snsTopic(clients.sns, topicArn);
    const sent = [1, 2, 3].map((sequence) => message(sequence, false));
    await Promise.all(sent.map((one) => topic.publish(one, signal)));
    expect(messages()).toMatchObject(
      sent.map(({ attributes }) => ({ body: "__4", messageAttributes: attributes })),
    );
  });

  test("have each their own verdict", async () => {
    const { outcomesOf } = await publishing(() => ({
      Successful: [{ Id: "1" }],
      Failed: [
        { Id: "0", Code: "InvalidParameter", Message: "no", SenderFault: true },
        { Id: "2", Code: "InternalError", Message: "later", SenderFault: false },
      ],
    }));
    const outcomes = await outcomesOf([1, 2, 3, 4].map((sequence) => message(sequence, false)));
    expect(outcomes).toMatchObject([
      { status: "rejected", reason: { name: "RefusedMessage" } },
      { status: "fulfilled" },
      { status: "rejected", reason: { name: "InternalError", message: "later" } },
      { status: "rejected", reason: { message: "the answer does not say what became of it" } },
    ]);
  });

  test("are tried alone when they are refused together, and fail together when the request fails", async () => {
    const refusal = Object.assign(new Error("too long"), { name: "InvalidParameter" });
    const refused = await publishing((sequences) => {
      if (sequences.includes("2")) throw refusal;
      return {};
    });
    const three = [1, 2, 3].map((sequence) => message(sequence, false));
    const outcomes = await refused.outcomesOf(three);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(refused.requests).toEqual([["1", "2", "3"], ["1"], ["2"], ["3"]]);
    const failing = await publishing(() => {
      throw new Error("throttled");
    });
    for (const outcome of await failing.outcomesOf(three)) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { message: "throttled" } });
    }
    expect(failing.requests).toHaveLength(1);
  });
});

test("a server that takes the connection and never answers is given up after three seconds", async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const { port } = server.address() as { port: number };
  const silent = await openAwsClients(
    { region: "us-east-1", endpoint: `http://127.0.0.1:${port}` },
    oneAttempt,
  );
  onTestFinished(() => {
    silent.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const topic = await snsTopic(silent.sns, "arn:aws:sns:us-east-1:000000000000:plain");
  const published = topic.publish(message(1, false), signal);
  await expect(within("the end of waiting", published, 4_500)).rejects.toMatchObject({
    name: "TimeoutError",
  });
});
