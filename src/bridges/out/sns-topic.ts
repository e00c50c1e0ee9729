import type { PublishBatchCommandOutput, SNSClient } from "@aws-sdk/client-sns";
import type { Message } from "./message.ts";
import { refusalOf, type Topic } from "./topic.ts";

type Sdk = typeof import("@aws-sdk/client-sns");
type FailedEntry = NonNullable<PublishBatchCommandOutput["Failed"]>[number];

/** What SNS takes in one request: messages, and their bytes with all attributes, of which a little is left free. */
const entriesMax = 10;
const requestBytesMax = 262_144 - 2_048;

interface Waiting {
  readonly message: Message;
  readonly signal: AbortSignal;
  readonly arrived: () => void;
  readonly failed: (error: unknown) => void;
}

/** A topic of SNS. */
export async function snsTopic(client: SNSClient, topicArn: string): Promise<Topic> {
  return new SnsTopic(client, topicArn, await import("@aws-sdk/client-sns"));
}

/**
 * Messages that are published at the same time go in one request: most of what a request costs this process does not
 * depend on its size. The bill does, and is not larger.
 */
class SnsTopic implements Topic {
  readonly #client: SNSClient;
  readonly #topicArn: string;
  readonly #sdk: Sdk;
  #waiting: Waiting[] = [];

  constructor(client: SNSClient, topicArn: string, sdk: Sdk) {
    this.#client = client;
    this.#topicArn = topicArn;
    this.#sdk = sdk;
  }

  publish(message: Message, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (this.#waiting.length === 0) setImmediate(() => this.#flush());
    this.#waiting.push({ message, signal, arrived: resolve, failed: reject });
    return promise;
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const batch of batchesOf(waiting)) {
      const [first] = batch;
      if (batch.length === 1 && first) void this.#sendAlone(first);
      else if (first) void this.#sendTogether(batch, first.signal);
    }
  }

  async #sendAlone({ message, signal, arrived, failed }: Waiting): Promise<void> {
    const { PublishCommand } = this.#sdk;
    const command = new PublishCommand({ TopicArn: this.#topicArn, ...inputOf(message) });
    try {
      await this.#client.send(command, { abortSignal: signal });
      arrived();
    } catch (error) {
      failed(refusalOf(error) ?? error);
    }
  }

  async #sendTogether(batch: readonly Waiting[], abortSignal: AbortSignal): Promise<void> {
    const { PublishBatchCommand } = this.#sdk;
    const command = new PublishBatchCommand({
      TopicArn: this.#topicArn,
      PublishBatchRequestEntries: batch.map(({ message }, i) => ({
        Id: String(i),
        ...inputOf(message),
      })),
    });
    try {
      const { Successful = [], Failed = [] } = await this.#client.send(command, { abortSignal });
      const taken = new Set(Successful.map(({ Id }) => Id));
      const failures = new Map(Failed.map((entry) => [entry.Id, errorOf(entry)]));
      batch.forEach(({ arrived, failed }, i) => {
        const error =
          failures.get(String(i)) ?? new Error("the answer does not say what became of it");
        if (taken.has(String(i))) arrived();
        else failed(refusalOf(error) ?? error);
      });
    } catch (error) {
      // Refused as a whole: alone, each is told what is wrong with it.
      const isRefused = refusalOf(error) !== undefined;
      for (const one of batch) {
        if (isRefused) void this.#sendAlone(one);
        else one.failed(error);
      }
    }
  }
}

/** In their order, as many in each as a request takes. */
function batchesOf(waiting: readonly Waiting[]): Waiting[][] {
  const batches: Waiting[][] = [];
  let batch: Waiting[] = [];
  let bytes = 0;
  for (const one of waiting) {
    const more = bytesOf(one.message);
    const isFull = batch.length === entriesMax || bytes + more > requestBytesMax;
    if (batch.length === 0 || isFull || batch[0]?.signal !== one.signal) {
      batch = [];
      bytes = 0;
      batches.push(batch);
    }
    batch.push(one);
    bytes += more;
  }
  return batches;
}

function inputOf({ body, attributes, order }: Message) {
  return {
    Message: body,
    MessageAttributes: attributes,
    ...(order && { MessageGroupId: order.group, MessageDeduplicationId: order.deduplication }),
  };
}

function bytesOf({ body, attributes }: Message): number {
  const texts = Object.entries(attributes).flatMap(([name, { DataType, StringValue }]) => [
    name,
    DataType,
    StringValue,
  ]);
  return [body, ...texts].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/** As an error of the request would be. */
function errorOf({ Code = "", Message = "" }: FailedEntry): Error {
  return Object.assign(new Error(Message), { name: Code });
}
