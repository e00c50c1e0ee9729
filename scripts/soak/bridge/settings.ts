import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { WorldOptions } from "../../../src/runtime/host.ts";
import { reporters } from "../../../test/support/news-world.ts";

/** What the processes of a run are told, in a file. */
export interface SoakSettings {
  readonly folder: string;
  readonly seed: number;
  /** Events a second. */
  readonly rate: number;
  /** Where the emulator is for the server, and where for the consumer. */
  readonly serverEndpoint: string;
  readonly consumerEndpoint: string;
  readonly topicArn: string;
  readonly eventsQueueUrl: string;
  readonly commandsQueueUrl: string;
}

export function readSettings(file: string): SoakSettings {
  return JSON.parse(readFileSync(file, "utf8")) as SoakSettings;
}

export const region = "us-east-1";
export const credentials = { accessKeyId: "none", secretAccessKey: "none" };
/** Above what a run needs: nothing is given up. */
export const gapTimeoutMs = 180_000;
export const visibilitySeconds = 10;
export const accounts = ["a", "b", "c", "d"] as const;
export const method = "tellurion.test.v1.LedgerService/Record";

export const actorsModule = new URL("../../../test/support/news-world.ts", import.meta.url);
const tickHz = 50;
const keys = Array.from({ length: 10 }, (_, i) => `r${i}`);
/** Half of the topics go to one stream; the other takes what is left. */
export const firstStream = keys.slice(0, keys.length / 2).map((key) => `weather/${key}`);

export const worldFile = (folder: string): string => join(folder, "world.db");
export const outboxFile = (folder: string): string => join(folder, "world.db.outbox");
export const effectsFile = (folder: string): string => join(folder, "effects.db");

export function newsWorld({ folder, seed, rate }: SoakSettings): WorldOptions {
  return {
    ...{ name: "soak", seed, workers: 2, tickHz, actorsModule },
    file: worldFile(folder),
    bootstrap: reporters(keys, Math.round(rate / tickHz)),
  };
}
