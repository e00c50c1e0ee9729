import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { resourceNames } from "../../src/bridges/resources.ts";
import { planSetup, setUp } from "../../src/bridges/setup.ts";
import { type Emulator, startEmulator } from "../support/fauxqs.ts";

const wishes = { prefix: "tellurion-test", services: ["chronicle", "map"], fifo: false };
const isReading = /^(Get|List)/;

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

function actions(steps: readonly { action: string }[]): string[] {
  return [...new Set(steps.map(({ action }) => action))];
}

async function attributesOf(name: string): Promise<Record<string, string>> {
  const { sqs } = emulator.clients;
  const { QueueUrl } = await sqs.getQueueUrl({ QueueName: name });
  const { Attributes = {} } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ["All"] });
  return Attributes;
}

describe("setting up", () => {
  test("makes topic, queues, dead-letter queues and subscriptions, through which messages come raw", async () => {
    const { clients, server } = emulator;
    const { steps, topicArn, queueUrls } = await setUp(wishes, clients);
    expect(actions(steps)).toEqual(["create"]);
    expect([...queueUrls.keys()].sort()).toEqual([
      "tellurion-test-chronicle",
      "tellurion-test-chronicle-dead",
      "tellurion-test-chronicle-poison",
      "tellurion-test-commands",
      "tellurion-test-commands-dead",
      "tellurion-test-map",
      "tellurion-test-map-dead",
      "tellurion-test-map-poison",
    ]);
    await clients.sns.publish({
      TopicArn: topicArn,
      Message: "a-pack",
      MessageAttributes: { s: { DataType: "String", StringValue: "world" } },
    });
    for (const name of ["tellurion-test-chronicle", "tellurion-test-map"]) {
      const [message] = server.inspectQueue(name)?.messages.ready ?? [];
      expect(message?.body).toBe("a-pack");
      expect(message?.messageAttributes).toMatchObject({ s: { StringValue: "world" } });
    }
  });

  test("sends a message that is received in vain five times to the dead-letter queue", async () => {
    const { sqs } = emulator.clients;
    const { queueUrls } = await setUp(wishes, emulator.clients);
    const QueueUrl = queueUrls.get("tellurion-test-map");
    await sqs.sendMessage({ QueueUrl, MessageBody: "undecodable" });
    for (let receives = 0; receives < 5; receives++) {
      const { Messages } = await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 0 });
      const ReceiptHandle = Messages?.[0]?.ReceiptHandle;
      await sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
    }
    await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 0 });
    const dead = emulator.server.inspectQueue("tellurion-test-map-dead");
    expect(dead?.messages.ready.map(({ body }) => body)).toEqual(["undecodable"]);
  });

  test("lets the topic send to the queues, and nobody else", async () => {
    const { topicArn } = await setUp(wishes, emulator.clients);
    const { Policy = "", QueueArn } = await attributesOf("tellurion-test-map");
    expect(JSON.parse(Policy).Statement).toEqual([
      {
        Sid: "TellurionEvents",
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: QueueArn,
        Condition: { ArnEquals: { "aws:SourceArn": topicArn } },
      },
    ]);
    expect(await attributesOf("tellurion-test-commands")).not.toHaveProperty("Policy");
  });

  test.each([false, true])("changes nothing the second time, with fifo=%j", async (fifo) => {
    const first = await setUp({ ...wishes, fifo }, emulator.clients);
    emulator.sent.length = 0;
    const second = await setUp({ ...wishes, fifo }, emulator.clients);
    expect(actions(second.steps)).toEqual(["leave"]);
    expect(emulator.sent.length).toBeGreaterThan(0);
    expect(emulator.sent.filter((name) => !isReading.test(name))).toEqual([]);
    expect(second.topicArn).toBe(first.topicArn);
    expect(second.queueUrls).toEqual(first.queueUrls);
  });

  test("adds what a further service needs, and leaves the rest", async () => {
    await setUp(wishes, emulator.clients);
    const { steps } = await setUp(
      { ...wishes, services: [...wishes.services, "radar"] },
      emulator.clients,
    );
    const created = steps.filter(({ action }) => action === "create");
    expect(created.map(({ resource }) => `${resource.kind} ${resource.name}`)).toEqual([
      "queue tellurion-test-radar-dead",
      "queue tellurion-test-radar-poison",
      "queue tellurion-test-radar",
      "subscription tellurion-test-radar",
    ]);
    expect(steps.some(({ action }) => action === "change")).toBe(false);
  });

  test("mends what somebody changed, and keeps what somebody added", async () => {
    const { sqs, sns } = emulator.clients;
    const { queueUrls, topicArn } = await setUp(wishes, emulator.clients);
    const QueueUrl = queueUrls.get("tellurion-test-map");
    const theirs = { Sid: "Theirs", Effect: "Allow", Principal: "*", Action: "sqs:ReceiveMessage" };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: theirs });
    await sqs.setQueueAttributes({
      QueueUrl,
      Attributes: { Policy, RedrivePolicy: "", DelaySeconds: "7" },
    });
    const { Subscriptions = [] } = await sns.listSubscriptionsByTopic({ TopicArn: topicArn });
    await sns.setSubscriptionAttributes({
      SubscriptionArn: Subscriptions.find(({ Endpoint }) => Endpoint?.endsWith("-chronicle"))
        ?.SubscriptionArn,
      AttributeName: "RawMessageDelivery",
      AttributeValue: "false",
    });
    const { steps } = await setUp(wishes, emulator.clients);
    const changed = steps.filter(({ action }) => action === "change");
    expect(
      changed.map(({ resource, attributes }) => [resource.name, Object.keys(attributes)]),
    ).toEqual([
      ["tellurion-test-chronicle", ["RawMessageDelivery"]],
      ["tellurion-test-map", ["RedrivePolicy", "Policy"]],
    ]);
    const mended = await attributesOf("tellurion-test-map");
    expect(mended).toMatchObject({ DelaySeconds: "7" });
    const { Policy: after = "" } = mended;
    expect(JSON.parse(after).Statement).toMatchObject([theirs, { Sid: "TellurionEvents" }]);
    expect(actions((await setUp(wishes, emulator.clients)).steps)).toEqual(["leave"]);
  });

  test("keeps the order of a stream through a FIFO topic, and takes each message once", async () => {
    const { topicArn } = await setUp({ ...wishes, fifo: true }, emulator.clients);
    for (const sequence of [1, 2, 2, 3]) {
      await emulator.clients.sns.publish({
        TopicArn: topicArn,
        Message: "the same bytes",
        MessageGroupId: "world",
        MessageDeduplicationId: `e-world-${sequence}`,
      });
    }
    const queue = emulator.server.inspectQueue("tellurion-test-map.fifo");
    const ids = queue?.messages.ready.map(({ messageDeduplicationId: id }) => id);
    expect(ids).toEqual(["e-world-1", "e-world-2", "e-world-3"]);
  });

  test("says what it was doing when nothing answers", async () => {
    await emulator.server.stop();
    await expect(setUp(wishes, emulator.clients)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringMatching(/looking for the topic tellurion-test-events: .*ECONNREFUSED/),
    });
  });
});

describe("a plan", () => {
  test("touches nothing, and says the same as is done then", async () => {
    const planned = await planSetup(wishes, emulator.clients);
    expect(emulator.sent.filter((name) => !isReading.test(name))).toEqual([]);
    const { steps } = await setUp(wishes, emulator.clients);
    const told = (list: typeof steps) =>
      list.map(({ resource, action, attributes }) => [
        resource.kind,
        resource.name,
        action,
        Object.keys(attributes),
      ]);
    expect(told(planned)).toEqual(told(steps));
  });

  test("knows the ARN that a queue will have again", async () => {
    const { queueUrls } = await setUp(wishes, emulator.clients);
    const QueueUrl = queueUrls.get("tellurion-test-map-dead");
    await emulator.clients.sqs.deleteQueue({ QueueUrl });
    const steps = await planSetup(wishes, emulator.clients);
    const todo = steps.filter(({ action }) => action !== "leave");
    expect(todo.map(({ resource, action }) => [resource.name, action])).toEqual([
      ["tellurion-test-map-dead", "create"],
    ]);
  });
});

describe("names", () => {
  test.each([
    [{ prefix: "" }, /prefix="" is not valid; valid are 1 to 40 of/],
    [{ prefix: "a.b" }, /prefix="a.b" is not valid/],
    [{ prefix: "x".repeat(41) }, /prefix=/],
    [{ services: ["Map"] }, /service="Map" is not valid; valid are 1 to 53 of a-z/],
    [{ services: ["x".repeat(54)] }, /valid are 1 to 53 of/],
    [{ services: ["commands"] }, /names other than events, commands/],
    [{ services: ["commands-map"] }, /names other than events, commands/],
    [{ services: ["map-dead"] }, /…-dead and …-poison/],
    [{ services: ["map", "map"] }, /names that differ/],
    [{ services: Array.from({ length: 33 }, (_, i) => `s${i}`) }, /at most 32 names/],
  ])("%j are refused", (bad, text) => {
    expect(() => resourceNames({ ...wishes, ...bad })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringMatching(text) }),
    );
  });

  test("are never longer than SQS allows", () => {
    const prefix = "p".repeat(40);
    const service = "s".repeat(80 - "--poison.fifo".length - prefix.length);
    const { services } = resourceNames({ prefix, services: [service], fifo: true });
    const all = services.flatMap((names) => Object.values(names));
    expect(Math.max(...all.map((name) => name.length))).toBe(80);
  });
});
