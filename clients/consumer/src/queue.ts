import { createHash } from "node:crypto";
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { ConsumerError } from "./consumer-error.ts";

/** What SQS takes in one request. */
export const batchMax = 10;
const requestMsMax = 5_000;
/** A long poll is given so much longer than it takes. */
const pollMarginMs = 5_000;

export interface QueueOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly waitSeconds: number;
  readonly visibilitySeconds: number;
}

export interface PoisonMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What a FIFO queue keeps its order by, and what it knows a message by that is sent again. */
  readonly group: string;
  readonly deduplication: string;
}

/** The requests that a consumer makes. Each is given up in a bounded time, whatever the client was told. */
export class Queue {
  readonly #options: QueueOptions;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  async receive(signal: AbortSignal): Promise<readonly Message[]> {
    const { queueUrl, waitSeconds, visibilitySeconds } = this.#options;
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: batchMax,
      WaitTimeSeconds: waitSeconds,
      VisibilityTimeout: visibilitySeconds,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["ApproximateReceiveCount"],
    });
    const client = this.#options.client;
    const answer = await bounded(waitSeconds * 1_000 + pollMarginMs, signal, (abortSignal) =>
      client.send(command, { abortSignal }),
    );
    return answer.Messages ?? [];
  }

  /** Resolves with the handles whose messages are still there. */
  async delete(handles: readonly string[], signal?: AbortSignal): Promise<string[]> {
    const command = new DeleteMessageBatchCommand({
      QueueUrl: this.#options.queueUrl,
      Entries: handles.map((ReceiptHandle, i) => ({ Id: `${i}`, ReceiptHandle })),
    });
    const { Failed = [] } = await bounded(requestMsMax, signal, (abortSignal) =>
      this.#options.client.send(command, { abortSignal }),
    );
    return Failed.map(({ Id }) => handles[Number(Id)] as string);
  }

  /** Keeps others from receiving messages for so long from now on. */
  async hide(handles: readonly string[], seconds: number): Promise<void> {
    const command = new ChangeMessageVisibilityBatchCommand({
      QueueUrl: this.#options.queueUrl,
      Entries: handles.map((ReceiptHandle, i) => {
        return { Id: `${i}`, ReceiptHandle, VisibilityTimeout: seconds };
      }),
    });
    await bounded(requestMsMax, undefined, (abortSignal) =>
      this.#options.client.send(command, { abortSignal }),
    );
  }

  async send(queueUrl: string, message: PoisonMessage): Promise<void> {
    const { body, attributes, group, deduplication } = message;
    const command = new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => {
          return [name, { DataType: "String", StringValue: value }];
        }),
      ),
      // Only a FIFO queue takes both.
      ...(queueUrl.endsWith(".fifo") && {
        MessageGroupId: fifoId(group),
        MessageDeduplicationId: fifoId(deduplication),
      }),
    });
    await bounded(requestMsMax, undefined, (abortSignal) =>
      this.#options.client.send(command, { abortSignal }),
    );
  }
}

/** SQS takes 1 to 128 printable characters without spaces. Names of streams may come from anywhere. */
function fifoId(text: string): string {
  return /^[!-~]{1,128}$/.test(text) ? text : createHash("sha256").update(text).digest("hex");
}

/** A client that was not given time-outs waits for minutes, and some states of a connection end no request at all. */
async function bounded<Answer>(
  msMax: number,
  signal: AbortSignal | undefined,
  request: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const late = AbortSignal.timeout(msMax);
  const ended = signal === undefined ? late : AbortSignal.any([signal, late]);
  const given = Promise.withResolvers<never>();
  const giveUp = () => {
    const text = late.aborted ? `no answer within ${msMax} ms` : "the consumer closes";
    given.reject(new ConsumerError(late.aborted ? "QUEUE_FAILED" : "CLOSED", text));
  };
  if (ended.aborted) giveUp();
  ended.addEventListener("abort", giveUp, { once: true });
  try {
    return await Promise.race([request(ended), given.promise]);
  } finally {
    ended.removeEventListener("abort", giveUp);
  }
}
