import type { QueueClient } from "../../../src/bridges/in/queue.ts";

type Received = NonNullable<Awaited<ReturnType<QueueClient["receiveMessage"]>>["Messages"]>[number];
type Sent = Parameters<QueueClient["sendMessage"]>[0];

/** A queue in memory that never delivers again by itself, and does what a test says. */
export class VirtualQueue implements QueueClient {
  readonly deleted: string[] = [];
  readonly hidden: { readonly receipt: string; readonly seconds: number }[] = [];
  readonly sent: Sent[] = [];
  /** How many messages each poll asked for. */
  readonly polls: number[] = [];
  /** What polls do instead of waiting for a message. */
  poll: ((signal: AbortSignal) => Promise<{ Messages?: Received[] }>) | undefined;
  /** What all other requests fail with. */
  problem: Error | undefined;
  readonly #waiting: Received[] = [];
  readonly #pollers: (() => void)[] = [];
  #numbers = 0;

  /** Puts a message in. Gives its receipt. */
  put(body: string, attributes: Record<string, string>, receives = 1): string {
    this.#numbers += 1;
    const receipt = `receipt-${this.#numbers}`;
    this.#waiting.push({
      MessageId: `message-${this.#numbers}`,
      ReceiptHandle: receipt,
      Body: body,
      Attributes: { ApproximateReceiveCount: `${receives}` },
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [
          name,
          { DataType: "String", StringValue },
        ]),
      ),
    });
    this.#pollers.shift()?.();
    return receipt;
  }

  async receiveMessage(
    ...[input, { abortSignal }]: Parameters<QueueClient["receiveMessage"]>
  ): Promise<{ Messages?: Received[] }> {
    this.polls.push(input.MaxNumberOfMessages);
    if (this.poll) return await this.poll(abortSignal);
    while (this.#waiting.length === 0) {
      const arrival = Promise.withResolvers<void>();
      this.#pollers.push(arrival.resolve);
      abortSignal.addEventListener("abort", () => arrival.reject(abortSignal.reason));
      await arrival.promise;
    }
    return { Messages: this.#waiting.splice(0, input.MaxNumberOfMessages) };
  }

  async deleteMessageBatch({
    Entries,
  }: Parameters<QueueClient["deleteMessageBatch"]>[0]): Promise<void> {
    this.#check();
    this.deleted.push(...Entries.map(({ ReceiptHandle }) => ReceiptHandle));
  }

  async changeMessageVisibility({
    ReceiptHandle,
    VisibilityTimeout,
  }: Parameters<QueueClient["changeMessageVisibility"]>[0]): Promise<void> {
    this.#check();
    this.hidden.push({ receipt: ReceiptHandle, seconds: VisibilityTimeout });
  }

  async sendMessage(input: Sent): Promise<void> {
    this.#check();
    this.sent.push(input);
  }

  #check(): void {
    if (this.problem) throw this.problem;
  }
}
