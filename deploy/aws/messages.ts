import { Duration, Stack, Validations } from "aws-cdk-lib";
import { ManagedPolicy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { type CfnTopic, SubscriptionFilter, Topic } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
  type QueueProps,
  RedrivePermission,
} from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { namesOf } from "./names.ts";

/** Deliveries of one message before it is put aside. */
const receivesMax = 5;

/** Where the events of a world go for one service. */
export interface EventQueues {
  readonly queue: Queue;
  /** Messages that could not be delivered, or that were received too often. */
  readonly dead: Queue;
  /** Single events that could not be read, out of packs that could. */
  readonly poison: Queue;
}

export interface CommandQueues {
  readonly queue: Queue;
  readonly dead: Queue;
}

interface MessagesOptions {
  readonly prefix: string;
  readonly fifo: boolean;
  /** Services with a queue for events; of a part of the world, without the stream of its own. */
  readonly consumers: readonly { name: string; ownStream: string | undefined }[];
  /** Parts with a queue for commands. Undefined: the world as a whole. */
  readonly commanded: readonly (string | undefined)[];
}

/** The topic of a world's events, and the queues of those who follow the world or act on it. */
export class Messages extends Construct {
  readonly topic: Topic;
  readonly events: ReadonlyMap<string, EventQueues>;
  readonly commands: ReadonlyMap<string | undefined, CommandQueues>;

  constructor(scope: Construct, id: string, options: MessagesOptions) {
    super(scope, id);
    const { prefix, fifo } = options;
    const names = namesOf(prefix, fifo);
    this.topic = new Topic(this, "Events", {
      topicName: names.topic,
      ...(fifo && { fifo, contentBasedDeduplication: false }),
      enforceSSL: true,
    });
    // SNS has no key of its own as SQS does. The account's one costs nothing, and who may publish may use it.
    const topic = this.topic.node.defaultChild as CfnTopic;
    topic.kmsMasterKeyId = "alias/aws/sns";
    this.events = new Map(
      options.consumers.map(({ name, ownStream }) => [
        name,
        this.#follow(options, name, ownStream),
      ]),
    );
    this.commands = new Map(
      options.commanded.map((part) => {
        const { queue, dead } = names.commands(part);
        const owner = new Construct(this, part === undefined ? "Commands" : `Commands-${part}`);
        return [part, makePair(owner, queue, dead, false)];
      }),
    );
  }

  #follow(options: MessagesOptions, name: string, ownStream: string | undefined): EventQueues {
    const { prefix, fifo } = options;
    const names = namesOf(prefix, fifo).events(name);
    const owner = new Construct(this, `To-${name}`);
    const { queue, dead } = makePair(owner, names.queue, names.dead, fifo);
    const poison = makeQueue(owner, "Poison", {
      queueName: names.poison,
      fifo,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(poison).acknowledge({
      id: "AwsSolutions-SQS3",
      reason:
        "It is an end of the line itself: nobody receives from it but the one who looks into it.",
    });
    const leftOut = SubscriptionFilter.stringFilter({ denylist: ownStream ? [ownStream] : [] });
    this.topic.addSubscription(
      new SqsSubscription(queue, {
        rawMessageDelivery: true,
        deadLetterQueue: dead,
        ...(ownStream !== undefined && { filterPolicy: { s: leftOut } }),
      }),
    );
    return { queue, dead, poison };
  }
}

function makePair(
  owner: Construct,
  name: string,
  deadName: string,
  fifo: boolean,
): { queue: Queue; dead: Queue } {
  // Only its own queue may put messages aside there. The name, and not the queue: each names the other.
  const source = Stack.of(owner).formatArn({ service: "sqs", resource: name });
  const dead = makeQueue(owner, "Dead", {
    queueName: deadName,
    fifo,
    retentionPeriod: Duration.days(14),
    redriveAllowPolicy: {
      redrivePermission: RedrivePermission.BY_QUEUE,
      sourceQueues: [Queue.fromQueueArn(owner, "Source", source)],
    },
  });
  const queue = makeQueue(owner, "Queue", {
    queueName: name,
    fifo,
    retentionPeriod: Duration.days(4),
    visibilityTimeout: Duration.seconds(60),
    receiveMessageWaitTime: Duration.seconds(20),
    deadLetterQueue: { queue: dead, maxReceiveCount: receivesMax },
  });
  return { queue, dead };
}

function makeQueue(
  owner: Construct,
  id: string,
  { fifo, ...props }: QueueProps & { fifo: boolean },
): Queue {
  return new Queue(owner, id, {
    ...props,
    // The keys of SQS cost nothing, and SNS needs no leave to use them.
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    ...(fifo && {
      fifo,
      contentBasedDeduplication: false,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
    }),
  });
}

/** Of a remote service: what it cannot read at all goes to the dead letters by itself. */
function mayFollow({ queue, poison }: EventQueues): PolicyStatement[] {
  return [receiving(queue), sending(poison)];
}

/** Of the server: it says with each dead letter why it is one. */
export function mayTake({ queue, dead }: { queue: Queue; dead: Queue }): PolicyStatement[] {
  return [receiving(queue), sending(dead)];
}

export function mayPublish({ topicArn }: Topic): PolicyStatement[] {
  return [new PolicyStatement({ actions: ["sns:Publish"], resources: [topicArn] })];
}

function sending({ queueArn }: Queue): PolicyStatement {
  return new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [queueArn] });
}

function receiving({ queueArn }: Queue): PolicyStatement {
  return new PolicyStatement({
    actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
    resources: [queueArn],
  });
}

/** What remote services need: attach them to their roles. */
export function policiesForOthers(
  owner: Construct,
  prefix: string,
  messages: Messages,
  consumers: readonly string[],
): void {
  for (const consumer of consumers) {
    const queues = messages.events.get(consumer);
    if (queues === undefined) throw new Error(`no queue: consumer=${consumer}`);
    new ManagedPolicy(owner, `Follow-${consumer}`, {
      managedPolicyName: `${prefix}-follow-${consumer}`,
      description: "Receives the events of the world.",
      statements: mayFollow(queues),
    });
  }
  const queues = [...messages.commands.values()].map(({ queue }) => queue.queueArn);
  new ManagedPolicy(owner, "Command", {
    managedPolicyName: `${prefix}-command`,
    description: "Sends commands to the world.",
    statements: [new PolicyStatement({ actions: ["sqs:SendMessage"], resources: queues })],
  });
}
