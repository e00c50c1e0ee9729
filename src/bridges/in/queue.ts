import type { InCounters } from "./in-counters.ts";

/** Messages of one poll: more is not valid. */
export const batchMax = 10;
/** A message that was received is out of sight for so long, and again for so long while its call runs. */
export const visibilitySeconds = 60;
const waitSeconds = 20;
/** A poll that has not ended by then never will: the line is dead. */
const pollMsMax = 25_000;
const requestMsMax = 5_000;
const errorCharactersMax = 1_000;
/** Of a message, one is the least that is left for what is added here. */
const attributesMax = 10;
/** What is added to a message that goes to the dead-letter queue. */
const deadAttributes = 2;

interface AttributeValue {
  DataType: string | undefined;
  StringValue?: string | undefined;
  BinaryValue?: Uint8Array | undefined;
}

interface SqsMessage {
  MessageId?: string | undefined;
  ReceiptHandle?: string | undefined;
  Body?: string | undefined;
  Attributes?: { ApproximateReceiveCount?: string; MessageGroupId?: string } | undefined;
  MessageAttributes?: Record<string, AttributeValue> | undefined;
}

type Options = { readonly abortSignal: AbortSignal; readonly requestTimeout: number };

/** What pollers use of the SDK's `SQS`. */
export interface QueueClient {
  receiveMessage(
    input: {
      QueueUrl: string;
      MaxNumberOfMessages: number;
      WaitTimeSeconds: number;
      VisibilityTimeout: number;
      MessageAttributeNames: string[];
      MessageSystemAttributeNames: ("ApproximateReceiveCount" | "MessageGroupId")[];
    },
    options: Options,
  ): Promise<{ Messages?: SqsMessage[] | undefined }>;
  deleteMessageBatch(
    input: { QueueUrl: string; Entries: { Id: string; ReceiptHandle: string }[] },
    options: Options,
  ): Promise<unknown>;
  changeMessageVisibility(
    input: { QueueUrl: string; ReceiptHandle: string; VisibilityTimeout: number },
    options: Options,
  ): Promise<unknown>;
  sendMessage(
    input: {
      QueueUrl: string;
      MessageBody: string;
      MessageAttributes: Record<string, AttributeValue>;
      MessageGroupId?: string;
      MessageDeduplicationId?: string;
    },
    options: Options,
  ): Promise<unknown>;
}

/** The SDK's clients: long polls have connections of their own, so that nothing waits behind them. */
export interface QueueClients {
  readonly polls: QueueClient;
  readonly requests: QueueClient;
}

export interface ReceivedMessage {
  readonly id: string;
  readonly receipt: string;
  readonly body: string;
  /** How often it has been received, this time included. */
  readonly receives: number;
  /** Attributes that are text or numbers. */
  readonly attributes: Readonly<Record<string, string>>;
  /** As they came. */
  readonly sent: Record<string, AttributeValue>;
  readonly group: string | undefined;
}

/** One queue, as far as pollers need it. */
export class Queue {
  readonly #url: string;
  readonly #clients: QueueClients;
  readonly #counters: InCounters;

  constructor(url: string, clients: QueueClients, counters: InCounters) {
    this.#url = url;
    this.#clients = clients;
    this.#counters = counters;
  }

  /** Waits for messages, for 20 seconds at most. */
  async receive(countMax: number, signal: AbortSignal): Promise<ReceivedMessage[]> {
    this.#counters.requests += 1;
    const { Messages = [] } = await this.#clients.polls.receiveMessage(
      {
        QueueUrl: this.#url,
        MaxNumberOfMessages: countMax,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: visibilitySeconds,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["ApproximateReceiveCount", "MessageGroupId"],
      },
      {
        abortSignal: AbortSignal.any([signal, AbortSignal.timeout(pollMsMax)]),
        requestTimeout: pollMsMax,
      },
    );
    return Messages.map(received);
  }

  async delete(receipts: readonly string[]): Promise<void> {
    const Entries = receipts.map((ReceiptHandle, i) => ({ Id: `${i}`, ReceiptHandle }));
    await this.#clients.requests.deleteMessageBatch({ QueueUrl: this.#url, Entries }, this.#once());
  }

  /** Keeps a message out of sight for so long from now. */
  async hide({ receipt }: ReceivedMessage, seconds: number): Promise<void> {
    await this.#clients.requests.changeMessageVisibility(
      { QueueUrl: this.#url, ReceiptHandle: receipt, VisibilityTimeout: seconds },
      this.#once(),
    );
  }

  /** Puts a copy of a message into a dead-letter queue, with what is wrong with it. */
  async bury(message: ReceivedMessage, url: string, reason: string, error: string): Promise<void> {
    const kept = Object.entries(message.sent)
      .filter(([name]) => name !== "reason" && name !== "error")
      .slice(0, attributesMax - deadAttributes);
    const fifo = url.endsWith(".fifo") && {
      MessageGroupId: message.group ?? message.id,
      MessageDeduplicationId: message.id,
    };
    await this.#clients.requests.sendMessage(
      {
        QueueUrl: url,
        MessageBody: message.body,
        MessageAttributes: {
          ...Object.fromEntries(kept),
          reason: { DataType: "String", StringValue: reason },
          error: { DataType: "String", StringValue: attributeText(error) },
        },
        ...fifo,
      },
      this.#once(),
    );
  }

  #once(): Options {
    this.#counters.requests += 1;
    return { abortSignal: AbortSignal.timeout(requestMsMax), requestTimeout: requestMsMax };
  }
}

function received(message: SqsMessage): ReceivedMessage {
  const { MessageId = "", ReceiptHandle = "", Body = "", Attributes = {} } = message;
  const sent = message.MessageAttributes ?? {};
  const texts = Object.entries(sent).flatMap(([name, { StringValue }]) =>
    StringValue === undefined ? [] : [[name, StringValue] as const],
  );
  return {
    ...{ id: MessageId, receipt: ReceiptHandle, body: Body, sent },
    receives: Number(Attributes.ApproximateReceiveCount ?? 1),
    attributes: Object.fromEntries(texts),
    group: Attributes.MessageGroupId,
  };
}

/** What may stand in an attribute: not nothing, not endless, and nothing that XML has no letter for. */
function attributeText(text: string): string {
  const legal = text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, "?");
  return legal.slice(0, errorCharactersMax) || "unknown";
}
