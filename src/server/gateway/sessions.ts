import type { Resume } from "../../gen/tellurion/v1/client_pb.ts";
import type { Limits } from "../limits.ts";
import { Session } from "./session.ts";
import type { SessionFile } from "./session-file.ts";

/** Why a session cannot go on. */
export type ResumeProblem = "RESUME_EXPIRED" | "RESUME_TOKEN_INVALID";

/** All sessions, those of clients that are away included. */
export class Sessions {
  readonly #limits: Limits;
  readonly #file: SessionFile | undefined;
  readonly #now: () => number;
  readonly #byId = new Map<string, Session>();
  /** Those without a connection, in the order in which they lost it. */
  readonly #away = new Set<Session>();
  readonly #awayOf = new Map<string, Set<Session>>();
  /** Those of which the file does not know how far they have come. */
  readonly #dirty = new Set<Session>();
  readonly #ended: (session: Session) => void;

  /** `ended` hears of each session that is over. */
  constructor(
    limits: Limits,
    file: SessionFile | undefined,
    ended: (session: Session) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#limits = limits;
    this.#file = file;
    this.#ended = ended;
    this.#now = now;
    for (const record of file?.sessions() ?? []) {
      const session = Session.restore(record);
      session.leftMs = now();
      this.#byId.set(session.id, session);
      this.#noteAway(session);
    }
  }

  get size(): number {
    return this.#byId.size;
  }

  get away(): number {
    return this.#away.size;
  }

  all(): Iterable<Session> {
    return this.#byId.values();
  }

  open(player: string): Session {
    const session = new Session(player);
    this.#byId.set(session.id, session);
    return session;
  }

  /** Finds the session that a client wants to go on with. */
  find({ session: id, resumeToken }: Resume, player: string): Session | ResumeProblem {
    const session = this.#byId.get(id);
    if (!session) return "RESUME_EXPIRED";
    if (!session.takes(resumeToken) || session.player !== player) return "RESUME_TOKEN_INVALID";
    return session;
  }

  /** The session has a connection. */
  attached(session: Session): void {
    this.#noteBack(session);
  }

  /** Tokens or subscriptions have changed. */
  save(session: Session): void {
    if (this.#byId.has(session.id)) this.#file?.put(session.record());
  }

  /** Frames did not last, of which each session may know something. */
  saveAll(): void {
    this.#file?.putAll([...this.#byId.values()].map((session) => session.record()));
  }

  /** It has come further, or looks a little elsewhere. That is written later, with that of others. */
  advanced(session: Session): void {
    if (this.#file) this.#dirty.add(session);
  }

  writeProgress(through: number): void {
    if (this.#dirty.size === 0) return;
    this.#file?.noteProgress(this.#dirty, through);
    this.#dirty.clear();
  }

  /** The session has lost its connection. It waits for its client, if that may come back. */
  left(session: Session, mayReturn: boolean): void {
    session.connection = undefined;
    session.leftMs = this.#now();
    if (!mayReturn || this.#limits.resumeWindowMs === 0) {
      this.end(session);
      return;
    }
    this.#noteAway(session);
    this.expire();
  }

  /** Ends the sessions whose clients have been away for too long, and the longest away when there are too many. */
  expire(): void {
    const since = this.#now() - this.#limits.resumeWindowMs;
    for (const session of this.#away) {
      if (session.leftMs > since && this.#away.size <= this.#limits.sessionsKeptMax) return;
      this.end(session);
    }
  }

  end(session: Session): void {
    this.#noteBack(session);
    this.#dirty.delete(session);
    if (!this.#byId.delete(session.id)) return;
    this.#file?.remove(session.id);
    this.#ended(session);
  }

  /** It waits. A player pushes out its own sessions, not those of others; without players nobody can tell whose they are. */
  #noteAway(session: Session): void {
    this.#away.add(session);
    if (session.player === "") return;
    const own = this.#awayOf.get(session.player) ?? new Set();
    this.#awayOf.set(session.player, own.add(session));
    for (const longest of own) {
      if (own.size <= this.#limits.sessionsPerPlayerMax) break;
      this.end(longest);
    }
  }

  #noteBack(session: Session): void {
    this.#away.delete(session);
    const own = this.#awayOf.get(session.player);
    own?.delete(session);
    if (own?.size === 0) this.#awayOf.delete(session.player);
  }
}
