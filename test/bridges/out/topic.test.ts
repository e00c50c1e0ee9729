import { createServer, type Socket } from "node:net";
import type { FauxqsServer } from "fauxqs";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type AwsClients, oneAttempt, openAwsClients } from "../../../src/bridges/aws-clients.ts";
import { messageOf } from "../../../src/bridges/out/message.ts";
import { snsTopic } from "../../../src/bridges/out/topic.ts";
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
