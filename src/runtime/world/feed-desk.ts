import { TellurionError } from "../errors.ts";
import type { FeedOptions, FeedType } from "../feed/feed.ts";
import type { PackedHistory } from "../journal/packed-history.ts";
import type { Catalogue } from "./catalogue.ts";
import type { WorldMemory } from "./memory.ts";

/** A world that is fed tells its journal this often how far it has come: events wait for that, in ms. */
export const fedReachedMs = 50;

/** How long a world that is taken up again waits for its reader to leave the old rings, which may be full, in ms. */
const leaveMsMax = 5_000;
/** As the frame up to which a reader has all events: none is copied for it. */
const forEver = Number.MAX_SAFE_INTEGER;

/** Keeps a world's feed going: through its beginning, and from lost threads to the next ones. */
export class FeedDesk {
  readonly #feed: FeedOptions;
  readonly #types: readonly FeedType[];
  /** The feed's reader has the events of frames up to this one. */
  through = 0;
  #reached = 0;
  #isGone = false;

  /** Throws INVALID_OPTION. */
  constructor(feed: FeedOptions, catalogue: Catalogue) {
    this.#feed = feed;
    this.#types = feed.events.map((number) => {
      const entry = catalogue.messages.find(({ event }) => event?.number === number);
      if (entry?.event) {
        const { topic, topicKey, desc } = entry.event;
        return { id: entry.id, number, message: desc.typeName, topic, topicKey };
      }
      const valid = catalogue.events.map((event) => event.number).join(", ");
      const text = `feed event=${number} is not known; valid are ${valid}`;
      throw new TellurionError("INVALID_OPTION", text);
    });
  }

  /** Finds from where a kept world is fed. Returns the frames whose events cannot be made again, if there are any. */
  begin(
    worldId: string,
    { reached, snapshotFrame }: PackedHistory,
  ): { readonly from: number; readonly to: number } | undefined {
    const { since } = this.#feed;
    this.#reached = reached;
    const mark = since?.worldId === worldId && since.frame <= reached ? since.frame : reached;
    this.through = Math.max(mark, Math.min(snapshotFrame, reached));
    return mark < this.through ? { from: mark + 1, to: this.through } : undefined;
  }

  /** Gives the rings of new threads to the reader. */
  attach(
    world: { readonly id: string; readonly tickHz: number; readonly workers: number },
    { feedRings, control }: WorldMemory,
    journal: SharedArrayBuffer | undefined,
  ): void {
    if (this.#isGone) return;
    const { id: worldId, tickHz, workers } = world;
    const frames = { after: this.through, reached: this.#reached };
    const rest = { types: this.#types, rings: feedRings, control, journal };
    this.#feed.attach({ worldId, tickHz, workers, ...frames, ...rest });
  }

  /** The threads are gone: waits until the reader has taken what they left. False: it did not, and is not fed any more. */
  async detach(): Promise<boolean> {
    if (this.#isGone) return true;
    const late = Promise.withResolvers<"late">();
    const timer = setTimeout(late.resolve, leaveMsMax, "late" as const);
    const left = await Promise.race([this.#feed.detach(), late.promise]);
    clearTimeout(timer);
    if (left === "late") this.#feed.abandon();
    // What a reader has not read that is gone, the next process makes again: this one need not go back for it.
    this.#isGone = typeof left !== "number";
    this.through = typeof left === "number" ? left : forEver;
    return left !== "late";
  }
}
