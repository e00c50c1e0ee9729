import { setTimeout as delay } from "node:timers/promises";
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { backoffMs } from "../../../clients/consumer/src/backoff.ts";
import type { SeededRandom } from "../../../src/runtime/actor/random.ts";
import { accounts, method } from "./settings.ts";

export interface SentCommand {
  readonly id: string;
  readonly account: string;
  readonly amount: number;
}

const pauseMs = 50;
/** One in so many is sent once more, though it has arrived. */
const repeatedOneIn = 3;

/** A remote service that sends commands, each until the queue has taken it and many more than once. */
export class Commands {
  /** Those that the queue has taken. */
  readonly sent: SentCommand[] = [];
  repeats = 0;
  readonly #client: SQSClient;
  readonly #queueUrl: string;
  readonly #random: SeededRandom;
  #isOver = false;
  #running: Promise<void> | undefined;

  constructor(client: SQSClient, queueUrl: string, random: SeededRandom) {
    this.#client = client;
    this.#queueUrl = queueUrl;
    this.#random = random;
  }

  begin(): void {
    this.#running = this.#run();
  }

  /** Resolves when the last one has been taken. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const random = this.#random;
    for (let n = 1; !this.#isOver; n += 1) {
      const account = accounts[random.integer(accounts.length)] as string;
      const command = { id: `command-${n}`, account, amount: 1 + random.integer(100) };
      await this.#send(command);
      this.sent.push(command);
      if (random.integer(repeatedOneIn) === 0) {
        this.repeats += 1;
        await this.#send(this.sent[random.integer(this.sent.length)] ?? command);
      }
      await delay(pauseMs);
    }
  }

  async #send({ id, account, amount }: SentCommand): Promise<void> {
    const json = JSON.stringify({ account, id, amount: `${amount}` });
    const command = new SendMessageCommand({
      QueueUrl: this.#queueUrl,
      MessageBody: JSON.stringify({ commandId: id, method, json }),
      MessageAttributes: { c: { DataType: "String", StringValue: "json" } },
    });
    for (let failures = 0; ; ) {
      try {
        const abortSignal = AbortSignal.timeout(3_000);
        await this.#client.send(command, { abortSignal });
        return;
      } catch {
        // Nobody knows whether it has arrived: it is sent again under the same id.
        failures += 1;
        if (failures > 1) this.repeats += 1;
        await delay(Math.min(1_000, backoffMs(failures)));
      }
    }
  }
}
