import type { Message, SQS } from "@aws-sdk/client-sqs";
import { TellurionError } from "../runtime/index.ts";

/** How long a message that is looked at stays out of sight of others, if the process ends while it looks. */
const lookSeconds = 120;
/** Not 0: with it, the emulator fauxqs (2.4.1) fails when it keeps its queues in files, and loses the message. */
const putBackSeconds = 1;
const batchMax = 10;
const waitSeconds = 1;
/** A queue is many machines: some of them may have nothing while others have. */
const emptyPollsMax = 2;
/** What the bridge adds to a message as it puts it into a dead-letter queue. */
const added: ReadonlySet<string> = new Set(["reason", "error"]);

/** A message that nobody could use. */
export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  /** Attributes that are text or numbers. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly sentMs: number;
  /** How often it has been looked at in this queue. */
  readonly receives: number;
  /** As it came. */
  readonly message: Message;
}

export interface DeadLetterCounts {
  readonly waiting: number;
  /** Somebody has them, or has had them a short time ago. */
  readonly hidden: number;
}

/** A dead-letter queue, to be looked through by hand. */
export class DeadLetters {
  readonly #sqs: SQS;
  readonly #url: string;
  /** Receipts of messages that were looked at and are in the queue still. */
  readonly #held = new Map<string, string>();

  constructor(sqs: SQS, url: string) {
    this.#sqs = sqs;
    this.#url = url;
  }

  async count(): Promise<DeadLetterCounts> {
    const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
    const request = { QueueUrl: this.#url, AttributeNames: [...names] };
    const { Attributes = {} } = await this.#sqs.getQueueAttributes(request);
    const [waiting = 0, hidden = 0] = names.map((name) => Number(Attributes[name] ?? 0));
    return { waiting, hidden };
  }

  /** Looks at up to so many messages. They are back in the queue after `putBack`, but for those that were deleted. */
  async *look(limit: number): AsyncGenerator<DeadLetter> {
    const { waiting, hidden } = await this.count();
    let left = limit;
    for (let empty = 0; left > 0 && empty < emptyPollsMax; ) {
      // When all are here that the queue knows of, it need not look long for more. Hidden ones may be about to come back.
      const seconds = limit - left < waiting + hidden ? waitSeconds : 0;
      const messages = await this.#receive(Math.min(left, batchMax), seconds);
      empty = messages.length === 0 ? empty + 1 : 0;
      for (const message of messages) {
        this.#held.set(message.MessageId ?? "", message.ReceiptHandle ?? "");
      }
      left -= messages.length;
      yield* messages.map(deadLetter);
    }
  }

  /** Tries it with all, and throws UNAVAILABLE when some come back only when the time is over for which they were taken. */
  async putBack(): Promise<void> {
    const failures: unknown[] = [];
    for (const [id, receipt] of this.#held) {
      const VisibilityTimeout = putBackSeconds;
      const request = { QueueUrl: this.#url, ReceiptHandle: receipt, VisibilityTimeout };
      await this.#sqs.changeMessageVisibility(request).catch((error) => failures.push(error));
      this.#held.delete(id);
    }
    if (failures.length === 0) return;
    const [cause] = failures;
    const text = `${failures.length} messages come back within ${lookSeconds} s only: ${cause}`;
    throw new TellurionError("UNAVAILABLE", text, { cause });
  }

  /** Sends a message to another queue as it was before it died, and deletes it when it is there. */
  async redrive(letter: DeadLetter, to: string): Promise<void> {
    const { MessageAttributes = {}, Attributes = {} } = letter.message;
    const { s: stream } = letter.attributes;
    const kept = Object.entries(MessageAttributes).filter(([name]) => !added.has(name));
    await this.#sqs.sendMessage({
      QueueUrl: to,
      MessageBody: letter.body,
      MessageAttributes: Object.fromEntries(kept),
      ...(to.endsWith(".fifo") && {
        MessageGroupId: Attributes.MessageGroupId ?? stream ?? letter.id,
        // Under its old id, a message that was sent a short time ago would be swallowed.
        MessageDeduplicationId: `redrive-${letter.id}`,
      }),
    });
    await this.delete(letter);
  }

  async delete({ id }: DeadLetter): Promise<void> {
    const ReceiptHandle = this.#held.get(id);
    if (ReceiptHandle === undefined) return;
    await this.#sqs.deleteMessage({ QueueUrl: this.#url, ReceiptHandle });
    this.#held.delete(id);
  }

  /** Deletes all there is. */
  async purge(): Promise<void> {
    await this.#sqs.purgeQueue({ QueueUrl: this.#url });
  }

  async #receive(count: number, seconds: number): Promise<Message[]> {
    const { Messages = [] } = await this.#sqs.receiveMessage({
      QueueUrl: this.#url,
      MaxNumberOfMessages: count,
      WaitTimeSeconds: seconds,
      VisibilityTimeout: lookSeconds,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["All"],
    });
    return Messages;
  }
}

/** The queue that a dead-letter queue belongs to, as `setup` names them. Undefined: its name does not tell. */
export function sourceOf(deadLetterQueueUrl: string): string | undefined {
  const [, before, fifo = ""] = /^(.+)-dead([.]fifo)?$/.exec(deadLetterQueueUrl) ?? [];
  return before === undefined ? undefined : `${before}${fifo}`;
}

function deadLetter(message: Message): DeadLetter {
  const { MessageId = "", Body = "", Attributes = {}, MessageAttributes = {} } = message;
  const texts = Object.entries(MessageAttributes).flatMap(([name, { StringValue }]) =>
    StringValue === undefined ? [] : [[name, StringValue] as const],
  );
  return {
    id: MessageId,
    body: Body,
    attributes: Object.fromEntries(texts),
    sentMs: Number(Attributes.SentTimestamp ?? 0),
    receives: Number(Attributes.ApproximateReceiveCount ?? 1),
    message,
  };
}
