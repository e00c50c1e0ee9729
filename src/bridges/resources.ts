import { TellurionError } from "../runtime/index.ts";

/** What a bridge and those who consume its events need in an account. */
export interface ResourceWishes {
  /** Begins all names: `tellurion-sample`. */
  readonly prefix: string;
  /** Who consumes the events: each has queues of its own. */
  readonly services: readonly string[];
  /** A FIFO topic and FIFO queues. */
  readonly fifo: boolean;
}

/** The value of a setting: a text, or what is written as JSON. */
export type Setting = string | { readonly [name: string]: unknown };

/** A topic, a queue or a subscription as it is to be. */
export interface Resource {
  readonly kind: "topic" | "queue" | "subscription";
  /** Of a subscription: that of the queue. */
  readonly name: string;
  /** Settings may name other resources, of which the ARNs are not known before they are made. */
  settings(arnOf: (name: string) => string): Readonly<Record<string, Setting>>;
}

/** Names of the resources of a prefix. */
export interface ResourceNames {
  readonly topic: string;
  readonly commands: string;
  readonly commandsDead: string;
  readonly services: readonly ServiceNames[];
}

interface ServiceNames {
  readonly queue: string;
  readonly dead: string;
  readonly poison: string;
}

export const servicesMax = 32;
const queueNameCharactersMax = 80;
const receivesMax = 5;
const longPollSeconds = 20;
/** Longer than a consumer takes for what it received, and short enough to wait for when it ended meanwhile. */
const visibilitySeconds = 60;
const daySeconds = 86_400;
const retentionSeconds = 4 * daySeconds;
/** The longest there is: somebody has to look at it first. */
const deadRetentionSeconds = 14 * daySeconds;

/** The statement of a queue's policy that is this program's; all others are left as they are. */
export const policyStatementId = "TellurionEvents";

/** Names for a prefix. Throws INVALID_OPTION. */
export function resourceNames(wishes: ResourceWishes): ResourceNames {
  check(wishes);
  const { prefix, services, fifo } = wishes;
  const suffix = fifo ? ".fifo" : "";
  return {
    topic: `${prefix}-events${suffix}`,
    commands: `${prefix}-commands`,
    commandsDead: `${prefix}-commands-dead`,
    services: services.map((service) => ({
      queue: `${prefix}-${service}${suffix}`,
      // The dead letters of a FIFO queue can only go to a FIFO queue.
      dead: `${prefix}-${service}-dead${suffix}`,
      poison: `${prefix}-${service}-poison${suffix}`,
    })),
  };
}

/** All resources, each after those that it needs. Throws INVALID_OPTION. */
export function resourcesOf(wishes: ResourceWishes): Resource[] {
  const { topic, commands, commandsDead, services } = resourceNames(wishes);
  return [
    { kind: "topic", name: topic, settings: () => topicSettings(wishes.fifo) },
    ...services.flatMap((service) => serviceResources(topic, service)),
    queue(commandsDead, () => keptLong),
    queue(commands, (arnOf) => ({ ...polled, RedrivePolicy: redriveTo(arnOf(commandsDead)) })),
  ];
}

function serviceResources(topic: string, { queue: name, dead, poison }: ServiceNames): Resource[] {
  return [
    queue(dead, (arnOf) => ({ ...keptLong, Policy: letIn(arnOf(topic), arnOf(dead)) })),
    queue(poison, () => keptLong),
    queue(name, (arnOf) => ({
      ...polled,
      RedrivePolicy: redriveTo(arnOf(dead)),
      Policy: letIn(arnOf(topic), arnOf(name)),
    })),
    {
      kind: "subscription",
      name,
      settings: (arnOf) => ({
        RawMessageDelivery: "true",
        RedrivePolicy: { deadLetterTargetArn: arnOf(dead) },
      }),
    },
  ];
}

const polled = {
  MessageRetentionPeriod: String(retentionSeconds),
  ReceiveMessageWaitTimeSeconds: String(longPollSeconds),
  VisibilityTimeout: String(visibilitySeconds),
};

const keptLong = { MessageRetentionPeriod: String(deadRetentionSeconds) };

function queue(name: string, settings: Resource["settings"]): Resource {
  const kind = "queue";
  if (!name.endsWith(".fifo")) return { kind, name, settings };
  // The bridge says itself which messages are the same: two packs may well have equal bytes.
  const fifo = { FifoQueue: "true", ContentBasedDeduplication: "false" };
  return { kind, name, settings: (arnOf) => ({ ...fifo, ...settings(arnOf) }) };
}

function topicSettings(fifo: boolean): Record<string, Setting> {
  return fifo ? { FifoTopic: "true", ContentBasedDeduplication: "false" } : {};
}

function redriveTo(deadLetterTargetArn: string): Setting {
  return { deadLetterTargetArn, maxReceiveCount: receivesMax };
}

/** Lets a topic, and it alone, send to a queue. */
function letIn(topicArn: string, queueArn: string): Setting {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: policyStatementId,
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queueArn,
        Condition: { ArnEquals: { "aws:SourceArn": topicArn } },
      },
    ],
  };
}

function check({ prefix, services }: ResourceWishes): void {
  if (!/^[A-Za-z0-9_-]{1,40}$/.test(prefix)) {
    throw notValid("prefix", prefix, "1 to 40 of A-Z, a-z, 0-9 and _ -");
  }
  if (services.length > servicesMax) {
    throw notValid("services", String(services.length), `at most ${servicesMax} names`);
  }
  const longest = queueNameCharactersMax - `${prefix}--poison.fifo`.length;
  for (const [index, service] of services.entries()) {
    if (!/^[a-z0-9][a-z0-9_-]*$/.test(service) || service.length > longest) {
      throw notValid("service", service, `1 to ${longest} of a-z, 0-9 and _ -`);
    }
    if (/^(events$|commands(-|$))|-(dead|poison)$/.test(service)) {
      const valid = "names other than events, commands, commands-…, …-dead and …-poison";
      throw notValid("service", service, valid);
    }
    if (services.indexOf(service) !== index) {
      throw notValid("service", service, "names that differ from one another");
    }
  }
}

function notValid(what: string, value: string, valid: string): TellurionError {
  return new TellurionError(
    "INVALID_OPTION",
    `${what}=${JSON.stringify(value)} is not valid; valid are ${valid}`,
  );
}
