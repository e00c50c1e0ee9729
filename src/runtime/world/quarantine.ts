import type { History } from "../journal/history.ts";

/** Place of a message that stands for `init`, which is none. */
export const initPlace = -1;
/** Place of a query, which is in no mailbox and in no journal. */
export const queryPlace = -2;

/** The messages that are not to be handled again, since a handler of theirs cost the world a worker. */
export class Quarantine {
  readonly #byFrame = new Map<number, Set<string>>();

  constructor(messages: History["quarantine"]) {
    for (const { frame, round, actor, place } of messages) {
      const keys = this.#byFrame.get(frame) ?? new Set<string>();
      this.#byFrame.set(frame, keys);
      keys.add(`${round} ${actor} ${place}`);
    }
  }

  /** What of a frame is in quarantine: undefined for nothing, which is nearly always. */
  of(frame: number): ((round: number, actor: number, place: number) => boolean) | undefined {
    const keys = this.#byFrame.get(frame);
    return keys && ((round, actor, place) => keys.has(`${round} ${actor} ${place}`));
  }
}
