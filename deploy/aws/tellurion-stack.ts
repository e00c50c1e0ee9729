import { Aws, CfnOutput, CfnParameter, Validations } from "aws-cdk-lib";
import { Cluster } from "aws-cdk-lib/aws-ecs";
import type { Construct } from "constructs";
import { bridgeConfiguration } from "./bridge-configuration.ts";
import { commandsOf, type PartCatalogue, readCatalogue } from "./catalogue.ts";
import type { Deployment } from "./deployment.ts";
import { Messages, mayPublish, mayTake, policiesForOthers } from "./messages.ts";
import { Network } from "./network.ts";
import type { Part } from "./services.ts";
import { Watch } from "./watch.ts";
import { WorldService } from "./world-service.ts";
import { WorldStack } from "./world-stack.ts";

const descriptions = {
  messages: "Topic and queues of a Tellurion world that runs elsewhere",
  "all-in-one": "A Tellurion world in one task, with its topic and queues",
  split: "A Tellurion world in nine tasks, joined by a topic and queues",
} as const;

/** vCPU units and MB of a task. */
const sizes = {
  "all-in-one": { cpu: 512, memoryMb: 1_024 },
  split: { cpu: 256, memoryMb: 512 },
} as const;

const collectorImageDefault = "public.ecr.aws/aws-observability/aws-otel-collector:v0.48.0";

/** Processes of a world: all its parts in one, or each in one of its own. */
interface Process {
  readonly part: Part | undefined;
  readonly catalogue: ReadonlyMap<Part, PartCatalogue>;
}

export class TellurionStack extends WorldStack {
  readonly #deployment: Deployment;
  readonly #messages: Messages;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id, descriptions[deployment.form]);
    this.#deployment = deployment;
    const processes = processesOf(deployment);
    const { fifo, consumers, form } = deployment;
    this.#messages = new Messages(this, "Messages", {
      prefix: this.prefix,
      fifo,
      consumers: [
        ...consumers.map((name) => ({ name, ownStream: undefined })),
        ...processes.flatMap(({ part }) =>
          part === undefined ? [] : [{ name: part, ownStream: part }],
        ),
      ],
      commanded: processes.filter((each) => this.#isCommanded(each)).map(({ part }) => part),
    });
    policiesForOthers(this, this.prefix, this.#messages, consumers);
    const world = form === "messages" ? undefined : this.#worldParameter();
    const worlds =
      form === "messages" || world === undefined ? [] : this.#run(processes, sizes[form], world);
    const alarmTopic = new CfnParameter(this, "AlarmTopicArn", {
      description: "SNS topic that alarms go to; empty for none",
      default: "",
    });
    new Watch(this, "Watch", {
      prefix: this.prefix,
      messages: this.#messages,
      worlds,
      alarmTopicArn: alarmTopic.valueAsString,
      measured: form === "all-in-one" ? world : undefined,
    });
    if (form === "messages") this.#tell(processes);
  }

  #worldParameter(): string {
    return new CfnParameter(this, "WorldPack", {
      description: "The world pack: a folder of worlds/ in the image",
      default: "sample",
      allowedPattern: "^[a-z0-9][a-z0-9-]{0,63}$",
    }).valueAsString;
  }

  #run(
    processes: readonly Process[],
    size: { cpu: number; memoryMb: number },
    world: string,
  ): WorldService[] {
    const { openTo, tracing } = this.#deployment;
    const image = new CfnParameter(this, "Image", { description: "The server's image, with tag" });
    const secret =
      openTo === undefined
        ? undefined
        : new CfnParameter(this, "JwtKeyArn", {
            description: "Secret that callers' tokens are signed with",
          });
    const collector = tracing
      ? new CfnParameter(this, "CollectorImage", { default: collectorImageDefault })
      : undefined;
    const network = new Network(this, "Network", openTo);
    const cluster = new Cluster(this, "Cluster", { clusterName: this.prefix, vpc: network.vpc });
    Validations.of(cluster).acknowledge({
      id: "AwsSolutions-ECS4",
      reason: "Container Insights costs more than what it would look at; the server has metrics.",
    });
    return processes.map(
      (process) =>
        new WorldService(this, process.part === undefined ? "World" : `World-${process.part}`, {
          ...size,
          prefix: this.prefix,
          image: image.valueAsString,
          world,
          cluster,
          network,
          part: process.part,
          bridge: this.#bridgeOf(process),
          statements: this.#allowedTo(process),
          collectorImage: collector?.valueAsString,
          jwtSecretArn: secret?.valueAsString,
        }),
    );
  }

  #bridgeOf({ part, catalogue }: Process): Record<string, unknown> {
    const { fifo, commandLevels } = this.#deployment;
    return bridgeConfiguration({
      region: Aws.REGION,
      fifo,
      topicArn: this.#messages.topic.topicArn,
      part,
      catalogue,
      commandLevels,
      commands: this.#messages.commands.get(part),
      events: part && this.#messages.events.get(part),
    });
  }

  /** Exactly what its bridge does: what the schema mirrors and lets be commanded. */
  #allowedTo({ part, catalogue }: Process) {
    const commands = this.#messages.commands.get(part);
    const events = part && this.#messages.events.get(part);
    const mirrors = [...catalogue.values()].some(({ mirrored }) => mirrored.length > 0);
    return [
      ...(mirrors ? mayPublish(this.#messages.topic) : []),
      ...(commands ? mayTake(commands) : []),
      ...(events ? mayTake(events) : []),
    ];
  }

  #isCommanded({ catalogue }: Process): boolean {
    const { commandLevels } = this.#deployment;
    return [...catalogue.values()].some((part) => commandsOf(part, commandLevels).length > 0);
  }

  /** For a server that runs elsewhere: the configuration of its bridge. */
  #tell(processes: readonly Process[]): void {
    for (const process of processes) {
      new CfnOutput(this, "BridgeConfiguration", {
        description: "Give it to the server in a file: start --bridge FILE",
        value: this.toJsonString(this.#bridgeOf(process)),
      });
    }
  }
}

function processesOf({ form }: Deployment): readonly Process[] {
  const catalogue = readCatalogue();
  if (form !== "split") return [{ part: undefined, catalogue }];
  return [...catalogue].map(([part, each]) => ({ part, catalogue: new Map([[part, each]]) }));
}
