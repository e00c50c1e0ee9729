import { afterEach, beforeEach, expect, test } from "vitest";
import { type AwsClients, openAwsClients, severalAttempts } from "../../src/bridges/aws-clients.ts";
import { countRequests } from "../../src/bridges/cost/count-requests.ts";
import { CountingProxy } from "./counting-proxy.ts";
import { type Emulator, emulatorRegion, startEmulator } from "./fauxqs.ts";

let emulator: Emulator;
let proxy: CountingProxy;
let clients: AwsClients;
beforeEach(async () => {
  emulator = await startEmulator();
  proxy = await CountingProxy.open(emulator.endpoint);
  clients = await openAwsClients(
    { region: emulatorRegion, endpoint: proxy.endpoint },
    severalAttempts,
  );
});
afterEach(async () => {
  clients.close();
  await proxy.close();
  await emulator.close();
});

const MessageAttributes = { s: { DataType: "String", StringValue: "wörld" } };
/** Name, type and value, in UTF-8. */
const attributeBytes = 1 + 6 + 6;

test("each call that is made is written down with the bytes that it is charged for", async () => {
  const { sns, sqs } = clients;
  const { topicArn } = emulator.server.createTopic("events");
  const { queueUrl: QueueUrl } = emulator.server.createQueue("queue");
  emulator.server.subscribe({
    topic: "events",
    queue: "queue",
    attributes: { RawMessageDelivery: "true" },
  });
  const Message = "x".repeat(65_536);
  await sns.publish({ TopicArn: topicArn, Message, MessageAttributes });
  await sns.publishBatch({
    TopicArn: topicArn,
    PublishBatchRequestEntries: [
      { Id: "1", Message: "ab", MessageAttributes },
      { Id: "2", Message: "cde" },
    ],
  });
  const { Messages = [] } = await sqs.receiveMessage({
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ["All"],
  });
  expect(Messages).toHaveLength(3);
  await sqs.deleteMessageBatch({
    QueueUrl,
    Entries: Messages.map(({ ReceiptHandle }, i) => ({ Id: `${i}`, ReceiptHandle })),
  });
  await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 0 });
  expect(proxy.calls).toEqual([
    { action: "Publish", bytes: 65_536 + attributeBytes, messages: 1 },
    { action: "PublishBatch", bytes: 5 + attributeBytes, messages: 2 },
    { action: "ReceiveMessage", bytes: 65_536 + 5 + 2 * attributeBytes, messages: 3 },
    { action: "DeleteMessageBatch", bytes: 0, messages: 3 },
    { action: "ReceiveMessage", bytes: 0, messages: 0 },
  ]);
  const { lines } = countRequests(proxy.calls, 1);
  expect(lines.map(({ what, requests }) => [what, requests])).toEqual([
    ["Publish", 2],
    ["delivery from SNS", 4],
    ["PublishBatch", 1],
    ["ReceiveMessage", 3],
    ["DeleteMessageBatch", 1],
  ]);
});
