import { describe, expect, test } from "vitest";
import { readCatalogue } from "../../deploy/aws/catalogue.ts";
import { namesOf } from "../../deploy/aws/names.ts";
import { parts, services } from "../../deploy/aws/services.ts";
import { readTemplate, statementsOf, templateNames } from "./template.ts";

const prefix = "tellurion-sample";
const arn = (queue: string): string => `arn:aws:sqs:here:account:${queue}`;
const names = namesOf(prefix, false);

/** Who has a queue for events in a template, and who one for commands. */
function usersOf(template: string): { followers: string[]; commanded: (string | undefined)[] } {
  if (template !== "split") return { followers: ["chronicle"], commanded: [undefined] };
  const catalogue = readCatalogue();
  const commanded = parts.filter((part) =>
    catalogue.get(part)?.commands.some(({ scope }) => scope.endsWith(":write")),
  );
  return { followers: ["chronicle", ...parts], commanded };
}

describe.each(templateNames)("the template %s", (template) => {
  const { text, resources, ofType } = readTemplate(template);
  const queues = ofType("AWS::SQS::Queue").map(({ properties }) => properties);
  const { followers, commanded } = usersOf(template);
  const pairs = [
    ...followers.map((service) => names.events(service)),
    ...commanded.map((part) => names.commands(part)),
  ];

  test("names no account, no region, no asset and no bucket", () => {
    expect(text).not.toMatch(/\b\d{12}\b|[a-f0-9]{64}|asset|cdk-bootstrap|us-east-1|S3Bucket/i);
  });

  test("makes exactly the queues that the names say", () => {
    const wanted = [
      ...followers.flatMap((service) => Object.values(names.events(service))),
      ...commanded.flatMap((part) => Object.values(names.commands(part))),
    ];
    expect(queues.map(({ QueueName }) => QueueName).sort()).toEqual(wanted.sort());
    const topics = ofType("AWS::SNS::Topic").map(({ properties }) => properties.TopicName);
    expect(topics).toEqual([names.topic]);
  });

  test("puts what is received five times aside, in a queue of its own that keeps it 14 days", () => {
    for (const { queue, dead } of pairs) {
      const main = queues.find(({ QueueName }) => QueueName === queue);
      const target = { deadLetterTargetArn: arn(dead), maxReceiveCount: 5 };
      expect(main?.RedrivePolicy).toEqual(target);
      const aside = queues.find(({ QueueName }) => QueueName === dead);
      expect(aside?.MessageRetentionPeriod).toBe(14 * 86_400);
      const allowed = { redrivePermission: "byQueue", sourceQueueArns: [arn(queue)] };
      expect(aside?.RedriveAllowPolicy).toEqual(allowed);
    }
  });

  test("delivers packs as they are, and what cannot be delivered to the dead letters", () => {
    const subscriptions = ofType("AWS::SNS::Subscription").map(({ properties }) => properties);
    expect(subscriptions).toHaveLength(followers.length);
    for (const service of followers) {
      const { queue, dead } = names.events(service);
      const own = parts.includes(service as never);
      expect(subscriptions).toContainEqual({
        Protocol: "sqs",
        RawMessageDelivery: true,
        TopicArn: `topic:${names.topic}`,
        Endpoint: arn(queue),
        RedrivePolicy: { deadLetterTargetArn: arn(dead) },
        ...(own && { FilterPolicy: { s: [{ "anything-but": [service] }] } }),
      });
    }
  });

  test("encrypts everything, on the disk and on the way", () => {
    for (const queue of queues) expect(queue.SqsManagedSseEnabled).toBe(true);
    for (const { properties } of ofType("AWS::SNS::Topic")) {
      expect(properties.KmsMasterKeyId).toBe("alias/aws/sns");
    }
    const refusals = statementsOf(resources).filter(([, { Effect }]) => Effect === "Deny");
    expect(refusals).toHaveLength(queues.length + 1);
    for (const [, { Condition }] of refusals) {
      expect(Condition).toEqual({ Bool: { "aws:SecureTransport": "false" } });
    }
  });

  test("lets nobody in from outside", () => {
    const doors = /Ingress$|ApiGateway|ElasticLoadBalancing|CloudFront|::Url$|EIP$|BucketPolicy/;
    expect(resources.filter(({ type }) => doors.test(type))).toEqual([]);
    for (const { properties } of ofType("AWS::EC2::SecurityGroup")) {
      expect(properties).not.toHaveProperty("SecurityGroupIngress");
    }
    for (const { properties } of ofType("AWS::ECS::TaskDefinition")) {
      expect(JSON.stringify(properties)).not.toMatch(/PortMappings|0[.]0[.]0[.]0/);
    }
  });

  test("lets no one use its topic and queues by a policy of theirs, but for the topic itself", () => {
    for (const [{ type }, { Effect, Principal, Condition }] of statementsOf(resources)) {
      if (Effect !== "Allow" || Principal === undefined) continue;
      const { Service: service } = Principal as { Service?: string };
      expect(["sns.amazonaws.com", "ecs-tasks.amazonaws.com"]).toContain(service);
      if (type !== "AWS::SQS::QueuePolicy") continue;
      expect(Condition).toEqual({ ArnEquals: { "aws:SourceArn": `topic:${names.topic}` } });
    }
  });

  test("has at most ten alarms, none of more than ten metrics, and a topic for each", () => {
    const alarms = ofType("AWS::CloudWatch::Alarm");
    expect(alarms.length).toBeGreaterThan(5);
    expect(alarms.length).toBeLessThanOrEqual(10);
    for (const { properties } of alarms) {
      const metrics = (properties.Metrics ?? []).filter((each: object) => "MetricStat" in each);
      expect(metrics.length).toBeLessThanOrEqual(10);
      expect(properties).toHaveProperty("AlarmActions");
    }
  });
});

test("a template that is deployed without a bucket is as small as CloudFormation asks", () => {
  const bytesMax = 51_200;
  for (const name of ["registry", "messages", "all-in-one"]) {
    expect(Buffer.byteLength(readTemplate(name).text)).toBeLessThan(bytesMax);
  }
  expect(Buffer.byteLength(readTemplate("split").text)).toBeGreaterThan(bytesMax);
});

test("the registry keeps ten images, and no tag changes what it names", () => {
  const [registry] = readTemplate("registry").ofType("AWS::ECR::Repository");
  expect(registry?.properties).toMatchObject({
    RepositoryName: prefix,
    ImageTagMutability: "IMMUTABLE",
    ImageScanningConfiguration: { ScanOnPush: true },
  });
});

test("each of the 21 services has its place, and each part one service at least", () => {
  expect(Object.keys(services)).toHaveLength(21);
  const places = new Set(Object.values(services));
  expect([...places].sort()).toEqual([...parts, "every", "none"].sort());
});
