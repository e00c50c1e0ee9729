import { deepEqual, equal, throws } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Peer, Port, SecurityGroup, Vpc } from "aws-cdk-lib/aws-ec2";
import { type Deployment, defaultDeployment, readDeployment } from "../deployment.ts";
import { TellurionStack } from "../tellurion-stack.ts";
import { checkedApp, committedFolder, makeTemplates } from "../templates.ts";

function templateOf(deployment: Partial<Deployment>): Template {
  const stack = new TellurionStack(checkedApp(), "world", { ...defaultDeployment, ...deployment });
  return Template.fromStack(stack);
}

describe("the committed templates", () => {
  const made = makeTemplates();

  test("are what the stacks make, to the byte", () => {
    const committed = readdirSync(committedFolder).map((file) => file.replace(".json", ""));
    deepEqual(committed.sort(), [...made.keys()].sort());
    for (const [name, text] of made) {
      equal(readFileSync(new URL(`${name}.json`, committedFolder), "utf8"), text, name);
    }
  });

  test("are made the same again", () => {
    deepEqual(makeTemplates(), made);
  });
});

test("what cdk-nag finds and nobody acknowledged makes the synthesis fail", () => {
  const app = checkedApp();
  const stack = new Stack(app, "open");
  const group = new SecurityGroup(stack, "Group", { vpc: new Vpc(stack, "Vpc") });
  group.addIngressRule(Peer.anyIpv4(), Port.tcp(22));
  throws(() => app.synth());
});

describe("a world whose topic and queues keep the order", () => {
  const template = templateOf({ fifo: true });

  test("has FIFO queues for events, and ids of its own against repetition", () => {
    const fifo = { FifoTopic: true, ContentBasedDeduplication: false };
    template.hasResourceProperties("AWS::SNS::Topic", fifo);
    const queues = Object.values(template.findResources("AWS::SQS::Queue"));
    const ordered = queues.filter(({ Properties }) => Properties.FifoQueue === true);
    equal(ordered.length, 3);
    for (const { Properties } of ordered) {
      equal(Properties.ContentBasedDeduplication, false);
      equal(Properties.FifoThroughputLimit, "perMessageGroupId");
      equal(Properties.QueueName["Fn::Join"][1].at(-1).endsWith(".fifo"), true);
    }
  });

  test("has standard queues for commands, which have ids themselves", () => {
    const queues = Object.values(template.findResources("AWS::SQS::Queue"));
    const standard = queues.filter(({ Properties }) => Properties.FifoQueue === undefined);
    equal(standard.length, 2);
  });
});

describe("a world that is traced", () => {
  const template = templateOf({ tracing: true });

  test("has a collector beside the server, without which the server goes on", () => {
    template.hasResourceProperties("AWS::ECS::TaskDefinition", {
      ContainerDefinitions: Match.arrayWith([
        Match.objectLike({
          Name: "world",
          Environment: [{ Name: "OTEL_EXPORTER_OTLP_ENDPOINT", Value: "http://127.0.0.1:4318" }],
        }),
        Match.objectLike({ Name: "collector", Essential: false, PortMappings: Match.absent() }),
      ]),
    });
  });

  test("may put traces into X-Ray, and one that is not traced may not", () => {
    const statement = { Action: "xray:PutTraceSegments", Effect: "Allow", Resource: "*" };
    const role = { Policies: [{ PolicyDocument: { Statement: Match.arrayWith([statement]) } }] };
    template.resourcePropertiesCountIs("AWS::IAM::Role", role, 1);
    templateOf({}).resourcePropertiesCountIs("AWS::IAM::Role", role, 0);
  });
});

describe("a world that is opened", () => {
  const template = templateOf({ openTo: "203.0.113.0/24" });

  test("is reached from the addresses that are named, at one port", () => {
    template.hasResourceProperties("AWS::EC2::SecurityGroup", {
      SecurityGroupIngress: [
        Match.objectLike({ CidrIp: "203.0.113.0/24", FromPort: 8_080, ToPort: 8_080 }),
      ],
    });
  });

  test("asks callers for tokens, signed with a secret that no variable of the template holds", () => {
    const secret = { Ref: "JwtKeyArn" };
    template.hasResourceProperties("AWS::ECS::TaskDefinition", {
      ContainerDefinitions: Match.arrayWith([
        Match.objectLike({
          Name: "configure",
          Secrets: [{ Name: "JWT_SECRET", ValueFrom: secret }],
        }),
        Match.objectLike({
          Name: "world",
          Secrets: Match.absent(),
          Command: Match.arrayWith(["--host", "0.0.0.0", "--jwt-secret-file"]),
        }),
      ]),
    });
    template.hasResourceProperties("AWS::IAM::Role", {
      Policies: [
        {
          PolicyDocument: {
            Statement: Match.arrayWith([
              { Action: "secretsmanager:GetSecretValue", Effect: "Allow", Resource: secret },
            ]),
          },
        },
      ],
    });
  });
});

test("commands of other scopes are taken where that is asked for", () => {
  const json = JSON.stringify(templateOf({ commandLevels: ["write", "admin"] }).toJSON());
  equal(json.includes("tellurion.v1.WorldService/LoadWorld"), true);
  equal(JSON.stringify(templateOf({}).toJSON()).includes("WorldService/LoadWorld"), false);
});

describe("what is wanted is read from the context", () => {
  const read = (context: Record<string, string>): Deployment =>
    readDeployment((name) => context[name]);

  test("and stands at its defaults where nothing is said", () => {
    deepEqual(read({}), defaultDeployment);
  });

  test("in full", () => {
    const context = { form: "split", fifo: "true", tracing: "true", consumers: "chronicle" };
    const wanted = { form: "split", fifo: true, tracing: true } as const;
    deepEqual(read(context), { ...defaultDeployment, ...wanted });
  });

  const refused: [Record<string, string>, RegExp][] = [
    [{ form: "half" }, /form=half cannot be deployed; valid: messages, all-in-one, split/],
    [{ fifo: "yes" }, /fifo=yes cannot be deployed; valid: true, false/],
    [{ consumers: "Chronicle" }, /consumers=Chronicle/],
    [{ consumers: "a,b", form: "split" }, /valid: at most 1 consumers/],
    [{ consumers: "commands" }, /consumers=commands .* from events,commands/],
    [{ consumers: "a,a" }, /consumers=a .* differ from one another/],
    [{ consumers: "weather", form: "split" }, /consumers=weather/],
    [{ "command-levels": "all" }, /command-levels=all/],
    [{ "open-to": "203.0.113.0/24", form: "split" }, /but for all-in-one/],
    [{ "open-to": "everybody" }, /a block of addresses/],
  ];
  for (const [context, message] of refused) {
    test(`and refused: ${JSON.stringify(context)}`, () => {
      throws(() => read(context), message);
    });
  }
});
