import { randomUUID } from "node:crypto";
import { TellurionError } from "../errors.ts";
import { createFrameRing } from "../journal/frame-ring.ts";
import { Journal, type JournalEvents } from "../journal/journal.ts";
import type { OpenedJournal } from "../journal/journal-messages.ts";
import { defaultRetention } from "../journal/retention.ts";
import { schemaHash } from "./schema-hash.ts";
import type { WorldOptions } from "./world.ts";
import type { WorldParts } from "./world-threads.ts";

/**
 * Opens the file of a world, or creates it. Rejects with WORLD_FILE_IN_USE, WORLD_FILE_INVALID (also when it is another
 * world's) and WORLD_FILE_TOO_NEW.
 */
export async function openWorldJournal(
  path: string,
  options: WorldOptions,
  { catalogue, limits }: WorldParts,
  events: JournalEvents,
): Promise<{ readonly journal: Journal; readonly opened: OpenedJournal }> {
  const { name, seed, tickHz } = options;
  const world = { id: randomUUID(), name, seed, tickHz };
  const identity = { ...world, node: process.version, schemaHash: schemaHash(catalogue.files) };
  const retention = { ...defaultRetention, ...options.retention };
  const setup = {
    ...{ path, identity, retention, pendingBytesMax: limits.journalBytesMax },
    frames: createFrameRing(limits.inputRingBytes),
    since: options.feed?.since,
  };
  const { journal, opened } = await Journal.open(setup, events);
  const kept = opened.identity;
  if (kept.name === name && kept.seed === seed && kept.tickHz === tickHz)
    return { journal, opened };
  await journal.close();
  throw new TellurionError(
    "WORLD_FILE_INVALID",
    `${path} holds the world ${kept.name} with seed=${kept.seed} and ${kept.tickHz} frames a second; ` +
      `name=${name}, seed=${seed}, tickHz=${tickHz} are not valid for it`,
  );
}
