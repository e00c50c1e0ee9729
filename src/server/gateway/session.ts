import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Connection } from "./connection.ts";
import type { WireEvent } from "./frame-encoder.ts";
import type { SessionRecord } from "./session-file.ts";
import type { LookedAt } from "./surroundings.ts";

const idBytes = 12;
const tokenBytes = 24;
const hashBytes = 32;
/** Tokens that are good at the same time. */
const tokensMax = 8;
/** Rewinds that are told apart. */
const rewindsKeptMax = 16;

/** A client as the gateway remembers it, with a connection or while it is away. */
export class Session {
  readonly id: string;
  readonly player: string;
  /** What it is subscribed to, each topic with the last frame before that. */
  topics: ReadonlyMap<string, number> = new Map();
  /** The time between two events, in ms, by topic. */
  rates: ReadonlyMap<string, number> = new Map();
  /** Where it looks. */
  area: LookedAt | undefined;
  /** The client has reliable events up to this frame. */
  acked = 0;
  /** The last frame with reliable events for it. */
  lastReliable = 0;
  /** How often frames that its client may have had did not last, or may not have: a restart counts too. */
  rewinds = 0;
  /**
   * For each of the last of these times, the oldest first: the first frame that did not last, then or later. The oldest
   * stands for those before it too.
   */
  rewoundFrom: readonly number[] = [];
  connection: Connection | undefined;
  /** When its connection was lost. */
  leftMs = 0;
  /**
   * Hashes of the tokens that are good, the last one last. A welcome may be lost, and a hello of a dead connection arrive
   * late: the earlier ones are good until the client is known to have the last.
   */
  #tokens: Uint8Array[] = [];

  constructor(player: string, id = randomBytes(idBytes).toString("base64url")) {
    this.id = id;
    this.player = player;
  }

  static restore(record: SessionRecord): Session {
    const session = new Session(record.player, record.id);
    session.topics = new Map(record.topics);
    session.rates = new Map(record.rates);
    session.area = record.area;
    session.acked = record.acked;
    session.lastReliable = record.lastReliable;
    session.rewinds = record.rewinds;
    session.rewoundFrom = record.rewoundFrom;
    const { tokens } = record;
    for (let at = 0; at < tokens.length; at += hashBytes) {
      session.#tokens.push(tokens.slice(at, at + hashBytes));
    }
    return session;
  }

  record(): SessionRecord {
    const { id, player, acked, lastReliable, rewinds, rewoundFrom } = this;
    const subscriptions = { topics: [...this.topics], rates: [...this.rates], area: this.area };
    const tokens = Buffer.concat(this.#tokens);
    return { id, player, acked, lastReliable, rewinds, rewoundFrom, ...subscriptions, tokens };
  }

  /** A token with which the client can come back. */
  addToken(): string {
    const token = randomBytes(tokenBytes).toString("base64url");
    this.#tokens = [...this.#tokens, hashOf(token)].slice(-tokensMax);
    return token;
  }

  /** Whether the token is good. What it takes to find out says nothing about the token. */
  takes(token: string): boolean {
    const hash = hashOf(token);
    return this.#tokens.map((good) => timingSafeEqual(hash, good)).includes(true);
  }

  /** The client has the last token. True when that was not known. */
  confirmToken(): boolean {
    const isNews = this.#tokens.length > 1;
    if (isNews) this.#tokens = this.#tokens.slice(-1);
    return isNews;
  }

  /** Frames after this one did not last. */
  rewindTo(frame: number): void {
    this.rewinds += 1;
    const all = [...this.rewoundFrom, frame + 1].map((from) => Math.min(from, frame + 1));
    if (all.length > rewindsKeptMax) all.splice(1, 1);
    this.rewoundFrom = all;
    this.acked = Math.min(this.acked, frame);
    this.lastReliable = Math.min(this.lastReliable, frame);
    // What it subscribed to in a frame that did not last, it is to have of the frames that come in their place.
    const earlier = ([topic, since]: [string, number]) => [topic, Math.min(since, frame)] as const;
    this.topics = new Map([...this.topics].map(earlier));
  }

  /** The last frame that lasted of those that a client may have that has heard of so many rewinds. */
  lastedThrough(rewinds: number): number {
    const unheard = this.rewinds - rewinds;
    if (unheard === 0) return Number.POSITIVE_INFINITY;
    const place = Math.max(0, this.rewoundFrom.length - unheard);
    // Who has heard of more than there were is not believed anything.
    return (this.rewoundFrom[place] ?? 1) - 1;
  }

  /** Whether an event of a frame is for it. */
  wants({ topic, topicName }: WireEvent, frame: number): boolean {
    const since = Math.min(
      this.topics.get(topic) ?? Number.POSITIVE_INFINITY,
      this.topics.get(topicName) ?? Number.POSITIVE_INFINITY,
    );
    return frame > since;
  }
}

function hashOf(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}
