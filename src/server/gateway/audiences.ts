import type { WireEvent } from "./frame-encoder.ts";
import { Pacing } from "./pacing.ts";
import type { Session } from "./session.ts";
import { firstPart } from "./topics.ts";

/**
 * The clients that are subscribed to the same topics, at the same rates: each frame is put together once for all of
 * them.
 */
export interface Audience {
  readonly name: string;
  readonly topics: ReadonlyMap<string, number>;
  readonly sessions: Set<Session>;
  /** Undefined: every event goes at once. */
  readonly pacing: Pacing | undefined;
}

/** Who is subscribed to what. What a change costs depends on the topics of one client only. */
export class Audiences {
  readonly #byName = new Map<string, Audience>();
  readonly #bySession = new Map<Session, Audience>();
  /** How many topics of audiences have each first part. */
  readonly #firstParts = new Map<string, number>();

  /**
   * Puts a client into the audience of its topics; without topics, into none. Returns what the audience before held back
   * for it, and that one does not: it is to be sent now, or never.
   */
  move(session: Session): WireEvent[] {
    const { topics, rates } = session;
    const rated = [...rates].sort().map(([topic, ms]) => `${topic}@${ms}`);
    const name = `${[...topics.keys()].sort().join()} ${rated.join()}`;
    const before = this.#bySession.get(session);
    if (before?.name === name) return [];
    const held = before?.pacing?.held() ?? [];
    this.leave(session);
    if (topics.size === 0) return [];
    const audience = this.#byName.get(name) ?? this.#found(name, session);
    audience.sessions.add(session);
    this.#bySession.set(session, audience);
    return held.filter((event) => {
      const isWanted = topics.has(event.topic) || topics.has(event.topicName);
      return isWanted && !audience.pacing?.holds(event);
    });
  }

  leave(session: Session): void {
    const audience = this.#bySession.get(session);
    if (!audience) return;
    this.#bySession.delete(session);
    audience.sessions.delete(session);
    if (audience.sessions.size > 0) return;
    this.#byName.delete(audience.name);
    this.#count(audience, -1);
  }

  all(): Iterable<Audience> {
    return this.#byName.values();
  }

  /** The first parts of all topics that somebody is subscribed to. */
  firstParts(): Iterable<string> {
    return this.#firstParts.keys();
  }

  #found(name: string, { topics, rates }: Session): Audience {
    const pacing = rates.size > 0 ? new Pacing(rates) : undefined;
    const audience = { name, topics, sessions: new Set<Session>(), pacing };
    this.#byName.set(name, audience);
    this.#count(audience, 1);
    return audience;
  }

  #count({ topics }: Audience, change: 1 | -1): void {
    for (const part of [...topics.keys()].map(firstPart)) {
      const count = (this.#firstParts.get(part) ?? 0) + change;
      if (count > 0) this.#firstParts.set(part, count);
      else this.#firstParts.delete(part);
    }
  }
}
