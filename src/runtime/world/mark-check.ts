import { TellurionError } from "../errors.ts";
import { type PackedHistory, PackedReader } from "../journal/packed-history.ts";
import type { Conductor } from "./conductor.ts";
import type { WorkerCore } from "./core.ts";
import { foldHash } from "./state-hash.ts";

/** Actor number that stands for the conductor's registry in marks. */
export const registryMark = 0;

/** Compares a world that is replayed with the marks that it left when it ran first. */
export class MarkCheck {
  readonly #marks: PackedReader;

  constructor(history: PackedHistory) {
    this.#marks = new PackedReader(history.marks);
  }

  /** Checks the actors of one worker after a frame has ended. Throws HISTORY_DIVERGED. */
  checkActors(frame: number, core: WorkerCore): void {
    for (const [actor, hash] of this.#of(frame)) {
      const [, mine] = core.survey.marks(actor, actor + 1);
      if (mine !== undefined && mine !== hash) {
        throw diverged(frame, core.directory.addressOf(actor) ?? `actor ${actor}`);
      }
    }
  }

  /** Checks who is active, after a frame has ended and before the next one is planned. Throws HISTORY_DIVERGED. */
  checkRegistry(frame: number, conductor: Conductor): void {
    for (const [actor, hash] of this.#of(frame)) {
      if (actor !== registryMark || foldHash(conductor.hash()) === hash) continue;
      throw diverged(frame, "the list of active actors");
    }
  }

  #of(frame: number): [actor: number, hash: number][] {
    return this.#marks.take(frame).flatMap((bytes) => {
      const marks = new Int32Array(bytes.slice().buffer);
      return Array.from({ length: marks.length / 2 }, (_, i): [number, number] => [
        marks[2 * i] as number,
        marks[2 * i + 1] as number,
      ]);
    });
  }
}

export function diverged(frame: number, who: string): TellurionError {
  return new TellurionError(
    "HISTORY_DIVERGED",
    `after frame ${frame}, ${who} is not what it was when the frame ran first; ` +
      "valid are the code, the schema and the version of Node that wrote the file, and a file that is not damaged",
  );
}
