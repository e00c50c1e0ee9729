import { TellurionError } from "../runtime/index.ts";
import type { AwsClients } from "./aws-clients.ts";
import type { Resource } from "./resources.ts";
import type { Attributes } from "./settings.ts";

/** An account may have 100,000 topics, and a page has 100. */
const pagesMax = 1_000;
/** Stands for the account in ARNs as long as nothing is there that tells. */
const unknownAccount = "arn:aws:sqs:REGION:ACCOUNT:";

/** The resources of a setup that are there already, and how they are set. Those that are made are added. */
export class ExistingResources {
  readonly queueUrls = new Map<string, string>();
  readonly #clients: AwsClients;
  readonly #arns = new Map<string, string>();
  readonly #subscriptionArns = new Map<string, string>();
  readonly #settings = new Map<Resource, Attributes>();
  readonly #topicName: string;

  private constructor(clients: AwsClients, topicName: string) {
    this.#clients = clients;
    this.#topicName = topicName;
  }

  /** Looks for all of them. Throws UNAVAILABLE. */
  static async read(
    resources: readonly Resource[],
    clients: AwsClients,
  ): Promise<ExistingResources> {
    const topic = resources.find(({ kind }) => kind === "topic");
    const existing = new ExistingResources(clients, topic?.name ?? "");
    for (const resource of resources) await existing.#read(resource);
    return existing;
  }

  /** Undefined: it is not there. */
  settingsOf(resource: Resource): Attributes | undefined {
    return this.#settings.get(resource);
  }

  /** Of the topic or a queue. It is derived for one that is not there yet, since names decide it. */
  arnOf(name: string): string {
    const known = this.#arns.get(name);
    if (known) return known;
    const [example = unknownAccount] = this.#arns.values();
    const [arn, partition, , region, account] = example.split(":");
    const service = name === this.#topicName ? "sns" : "sqs";
    return [arn, partition, service, region, account, name].join(":");
  }

  /** Makes a resource. Throws UNAVAILABLE. */
  async create(resource: Resource, attributes: Attributes): Promise<void> {
    const { sns, sqs } = this.#clients;
    const { kind, name } = resource;
    await attempt(`creating the ${kind} ${name}`, async () => {
      if (kind === "topic") {
        const { TopicArn } = await sns.createTopic({ Name: name, Attributes: { ...attributes } });
        this.#arns.set(name, TopicArn ?? "");
      } else if (kind === "queue") {
        const wanted = { QueueName: name, Attributes: { ...attributes } };
        const { QueueUrl } = await sqs.createQueue(wanted);
        // It cannot be asked yet: SQS wants a second before it knows a new queue everywhere.
        this.#arns.set(name, this.arnOf(name));
        this.queueUrls.set(name, QueueUrl ?? "");
      } else {
        await sns.subscribe({
          TopicArn: this.arnOf(this.#topicName),
          Protocol: "sqs",
          Endpoint: this.arnOf(name),
          Attributes: { ...attributes },
        });
      }
    });
  }

  /** Throws UNAVAILABLE. */
  async change({ kind, name }: Resource, attributes: Attributes): Promise<void> {
    const { sns, sqs } = this.#clients;
    await attempt(`changing the ${kind} ${name}`, async () => {
      if (kind === "queue") {
        const QueueUrl = this.queueUrls.get(name);
        await sqs.setQueueAttributes({ QueueUrl, Attributes: { ...attributes } });
        return;
      }
      for (const [AttributeName, AttributeValue] of Object.entries(attributes)) {
        const attribute = { AttributeName, AttributeValue };
        if (kind === "topic") {
          await sns.setTopicAttributes({ TopicArn: this.arnOf(name), ...attribute });
        } else {
          const SubscriptionArn = this.#subscriptionArns.get(name);
          await sns.setSubscriptionAttributes({ SubscriptionArn, ...attribute });
        }
      }
    });
  }

  async #read(resource: Resource): Promise<void> {
    const { kind, name } = resource;
    await attempt(`looking for the ${kind} ${name}`, async () => {
      if (kind === "topic") return this.#readTopic(resource);
      if (kind === "subscription") return this.#readSubscription(resource);
      const url = await this.#queueUrl(name);
      if (url !== undefined) await this.#readQueue(resource, url);
    });
  }

  async #readTopic(resource: Resource): Promise<void> {
    const { sns } = this.#clients;
    const arns = paged(async (NextToken) => {
      const { Topics = [], NextToken: next } = await sns.listTopics({ NextToken });
      return { items: Topics.map(({ TopicArn = "" }) => TopicArn), next };
    });
    for await (const TopicArn of arns) {
      if (!TopicArn.endsWith(`:${resource.name}`)) continue;
      const { Attributes = {} } = await sns.getTopicAttributes({ TopicArn });
      this.#arns.set(resource.name, TopicArn);
      this.#settings.set(resource, Attributes);
      return;
    }
  }

  async #queueUrl(QueueName: string): Promise<string | undefined> {
    try {
      const { QueueUrl } = await this.#clients.sqs.getQueueUrl({ QueueName });
      return QueueUrl;
    } catch (error) {
      // The names of one error in the two protocols that SQS speaks.
      const { name } = error as Error;
      if (/^(QueueDoesNotExist|AWS[.]SimpleQueueService[.]NonExistentQueue)$/.test(name)) {
        return undefined;
      }
      throw error;
    }
  }

  async #readQueue(resource: Resource, QueueUrl: string): Promise<void> {
    const wanted = { QueueUrl, AttributeNames: ["All" as const] };
    const { Attributes = {} } = await this.#clients.sqs.getQueueAttributes(wanted);
    this.queueUrls.set(resource.name, QueueUrl);
    const { QueueArn = "" } = Attributes;
    this.#arns.set(resource.name, QueueArn);
    this.#settings.set(resource, Attributes);
  }

  async #readSubscription(resource: Resource): Promise<void> {
    const { sns } = this.#clients;
    const TopicArn = this.#arns.get(this.#topicName);
    const queueArn = this.#arns.get(resource.name);
    if (TopicArn === undefined || queueArn === undefined) return;
    const subscriptions = paged(async (NextToken) => {
      const page = await sns.listSubscriptionsByTopic({ TopicArn, NextToken });
      return { items: page.Subscriptions ?? [], next: page.NextToken };
    });
    for await (const { Endpoint, Protocol, SubscriptionArn } of subscriptions) {
      if (Protocol !== "sqs" || Endpoint !== queueArn || SubscriptionArn === undefined) continue;
      const { Attributes = {} } = await sns.getSubscriptionAttributes({ SubscriptionArn });
      this.#subscriptionArns.set(resource.name, SubscriptionArn);
      this.#settings.set(resource, Attributes);
      return;
    }
  }
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

async function* paged<Item>(
  read: (token: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  let token: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const { items, next } = await read(token);
    yield* items;
    if (!next) return;
    token = next;
  }
}

async function attempt(what: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const { name, message } =
      error instanceof Error ? error : { name: "Error", message: String(error) };
    throw new TellurionError("UNAVAILABLE", `${what}: ${name}: ${message}`, { cause: error });
  }
}
