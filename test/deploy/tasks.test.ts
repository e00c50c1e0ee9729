import { describe, expect, test } from "vitest";
import { commandsOf, readCatalogue } from "../../deploy/aws/catalogue.ts";
import { namesOf } from "../../deploy/aws/names.ts";
import { type Part, parts } from "../../deploy/aws/services.ts";
import { grantsOf, type Properties, readTemplate, statementsOf } from "./template.ts";

const prefix = "tellurion-sample";
const names = namesOf(prefix, false);
const arn = (queue: string): string => `arn:aws:sqs:here:account:${queue}`;
const catalogue = readCatalogue();
const templates = { "all-in-one": readTemplate("all-in-one"), split: readTemplate("split") };

/** What runs as a task: the world, or a part of it. */
const tasks: readonly { template: keyof typeof templates; part: Part | undefined }[] = [
  { template: "all-in-one", part: undefined },
  ...parts.map((part) => ({ template: "split" as const, part })),
];

function find(template: keyof typeof templates, type: string, name: string): Properties {
  const found = templates[template]
    .ofType(type)
    .find(({ properties }) => [properties.Family, properties.ServiceName].includes(name));
  if (found === undefined) throw new Error(`no ${type} is named ${name}`);
  return found.properties;
}

const receiving = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"];

/** What the schema's catalogue says that a process needs, and nothing besides. */
function neededBy(part: Part | undefined): string[] {
  const own = part === undefined ? [...parts] : [part];
  const mirrors = own.some((each) => catalogue.get(each)?.mirrored.length);
  const takes = own.some((each) => commandsOf(catalogue.get(each), ["write"]).length);
  const commands = names.commands(part);
  const grants = [
    ...(mirrors ? [`sns:Publish on topic:${names.topic}`] : []),
    ...(takes ? receiving.map((action) => `${action} on ${arn(commands.queue)}`) : []),
    ...(takes ? [`sqs:SendMessage on ${arn(commands.dead)}`] : []),
  ];
  if (part === undefined) return grants.sort();
  const { queue, dead } = names.events(part);
  const follows = receiving.map((action) => `${action} on ${arn(queue)}`);
  return [...grants, ...follows, `sqs:SendMessage on ${arn(dead)}`].sort();
}

describe.each(tasks)("the task of $template $part", ({ template, part }) => {
  const name = `${prefix}-${part ?? "world"}`;
  const { resources } = templates[template];
  const task = find(template, "AWS::ECS::TaskDefinition", name);
  const [configure, world] = task.ContainerDefinitions as [Properties, Properties];
  const grantsOfRole = (reference: string): readonly string[] => {
    const role = resources.find(({ id }) => `${id}.Arn` === reference);
    if (role === undefined) throw new Error(`no role is ${reference}`);
    const statements = statementsOf([role]).map(([, statement]) => statement);
    return grantsOf(statements.filter(({ Principal }) => Principal === undefined));
  };

  test("may do what the catalogue says, and nothing else", () => {
    expect(grantsOfRole(task.TaskRoleArn)).toEqual(neededBy(part));
  });

  test("is started with leave to fetch its image and write its log", () => {
    const logs = `arn:aws:logs:here:account:log-group:/tellurion/${name}:log-stream:*`;
    const images = `arn:aws:ecr:here:account:repository/${prefix}`;
    expect(grantsOfRole(task.ExecutionRoleArn)).toEqual([
      `ecr:BatchCheckLayerAvailability on ${images}`,
      `ecr:BatchGetImage on ${images}`,
      "ecr:GetAuthorizationToken on *",
      `ecr:GetDownloadUrlForLayer on ${images}`,
      `logs:CreateLogStream on ${logs}`,
      `logs:PutLogEvents on ${logs}`,
    ]);
  });

  test("tells its bridge what it mirrors and which commands it takes", () => {
    const own = part === undefined ? [...parts] : [part];
    const { Value: text } = configure.Environment.find(({ Name }: Properties) => Name === "BRIDGE");
    const bridge = JSON.parse(text);
    const types = own.flatMap((each) => catalogue.get(each)?.mirrored ?? []);
    const streams = part && [{ name: part, types }];
    const methods = own.flatMap((each) => commandsOf(catalogue.get(each), ["write"]));
    const commands = names.commands(part);
    expect(bridge).toEqual({
      region: "here",
      ...(types.length > 0 && {
        out: { topicArn: `topic:${names.topic}`, fifo: false, ...(streams && { streams }) },
      }),
      ...(methods.length > 0 && {
        commands: {
          queueUrl: `url:${commands.queue}`,
          deadLetterQueueUrl: `url:${commands.dead}`,
          methods,
        },
      }),
      ...(part !== undefined && {
        events: {
          queueUrl: `url:${names.events(part).queue}`,
          deadLetterQueueUrl: `url:${names.events(part).dead}`,
        },
      }),
    });
  });

  test("runs on ARM, writes to its volumes only, and is asked for its health", () => {
    expect(task.RuntimePlatform.CpuArchitecture).toBe("ARM64");
    expect(configure.ReadonlyRootFilesystem).toBe(true);
    expect(world).toMatchObject({
      ReadonlyRootFilesystem: true,
      HealthCheck: { Command: ["CMD", "node", "deploy/health-check.ts"] },
      RestartPolicy: { Enabled: true },
      DependsOn: [{ ContainerName: "configure", Condition: "SUCCESS" }],
    });
    expect(world.Command.includes("--emf")).toBe(part === undefined);
    const served = world.Command.indexOf("--services");
    expect(served < 0 ? undefined : world.Command[served + 1]).toBe(part);
  });

  test("has 30 s to end, most of it for what goes out, and ends before another of it begins", () => {
    expect(world.StopTimeout).toBe(30);
    expect(world.Command.join(" ")).toContain("--limit bridgeDrainMs=20000");
    const service = find(template, "AWS::ECS::Service", name);
    expect(service).toMatchObject({
      DesiredCount: 1,
      DeploymentConfiguration: {
        MaximumPercent: 100,
        MinimumHealthyPercent: 0,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
    });
  });

  test("keeps its log for a month", () => {
    const groups = templates[template].ofType("AWS::Logs::LogGroup");
    const group = groups.find(({ properties }) => properties.LogGroupName.endsWith(name));
    expect(group?.properties.RetentionInDays).toBe(30);
  });
});

test("remote services may follow what is theirs, and send commands, and nothing else", () => {
  const policies = templates["all-in-one"].ofType("AWS::IAM::ManagedPolicy");
  const grants = policies.map((policy) => [
    policy.properties.ManagedPolicyName,
    grantsOf(statementsOf([policy]).map(([, statement]) => statement)),
  ]);
  const { queue, poison } = names.events("chronicle");
  expect(Object.fromEntries(grants)).toEqual({
    [`${prefix}-follow-chronicle`]: [
      ...receiving.map((action) => `${action} on ${arn(queue)}`),
      `sqs:SendMessage on ${arn(poison)}`,
    ],
    [`${prefix}-command`]: [`sqs:SendMessage on ${arn(names.commands(undefined).queue)}`],
  });
});
