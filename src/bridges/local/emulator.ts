import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type ErrorCode, TellurionError } from "../../runtime/index.ts";
import type { ResourceWishes } from "../resources.ts";
import type { SetupResult } from "../setup.ts";

export interface EmulatorOptions {
  /** Where topics, queues and messages outlast the process. Undefined: they end with it. */
  readonly folder: string | undefined;
  /** One that is taken is replaced by any that is free. 0: any that is free. */
  readonly port: number;
  /** What is made in it. */
  readonly wishes: ResourceWishes;
  /** Queues that are emptied when too much waits in them. */
  readonly emptied: readonly string[];
}

/** Where an emulator is, and what was made in it. */
export interface Made extends Pick<SetupResult, "topicArn" | "queueUrls"> {
  readonly endpoint: string;
}

/** What an emulator's thread says. */
export type EmulatorReport =
  | { readonly kind: "ready"; readonly made: Made }
  | { readonly kind: "fails"; readonly code: ErrorCode; readonly text: string }
  | { readonly kind: "empties"; readonly queue: string; readonly messages: number };

const startMsMax = 20_000;
const stopMsMax = 5_000;

/**
 * SNS and SQS on this machine, in a thread of their own: what the emulator does, and what becomes of it, holds nothing up.
 * It asks nobody for credentials, so it listens at the loopback address only.
 */
export class Emulator {
  readonly made: Made;
  readonly #thread: Worker;

  private constructor(made: Made, thread: Worker) {
    this.made = made;
    this.#thread = thread;
  }

  /**
   * Starts one. `note` hears of trouble later. Throws FAILED_PRECONDITION when fauxqs or the SDK is not installed, and
   * UNAVAILABLE when it does not start.
   */
  static async start(options: EmulatorOptions, note: (text: string) => void): Promise<Emulator> {
    const thread = new Worker(new URL("./emulator-thread.ts", import.meta.url), {
      name: "tellurion-emulator",
      workerData: options,
    });
    thread.on("error", (error) => note(`the local queues have ended: ${error}`));
    thread.on("message", (report: EmulatorReport) => {
      if (report.kind !== "empties") return;
      const { queue, messages } = report;
      note(`nobody takes what waits in the queue ${queue}: ${messages} messages were dropped`);
    });
    try {
      return new Emulator(await madeIn(thread), thread);
    } catch (error) {
      await thread.terminate();
      throw error;
    }
  }

  async close(): Promise<void> {
    const ended = once(this.#thread, "exit");
    this.#thread.postMessage("close");
    const late = setTimeout(() => void this.#thread.terminate(), stopMsMax);
    await ended;
    clearTimeout(late);
  }
}

async function madeIn(thread: Worker): Promise<Made> {
  const report = Promise.withResolvers<EmulatorReport>();
  const fail = (why: string) =>
    report.reject(new TellurionError("UNAVAILABLE", `the local queues do not start: ${why}`));
  const late = setTimeout(() => fail(`nothing heard for ${startMsMax} ms`), startMsMax);
  thread.once("message", report.resolve);
  thread.once("error", (error) => fail(String(error)));
  thread.once("exit", (code) => fail(`their thread ended with ${code}`));
  try {
    const heard = await report.promise;
    if (heard.kind === "ready") return heard.made;
    if (heard.kind === "fails") throw new TellurionError(heard.code, heard.text);
    throw new TellurionError("INTERNAL_ERROR", `unexpected report: kind=${heard.kind}`);
  } finally {
    clearTimeout(late);
  }
}
