import type { Hello } from "../../gen/tellurion/v1/client_pb.ts";
import type { World } from "../../runtime/host.ts";
import type { Identity } from "../access/identity.ts";
import type { Limits } from "../limits.ts";
import { Backlog } from "./backlog.ts";
import type { Connection } from "./connection.ts";
import type { Session } from "./session.ts";
import type { SessionStore } from "./session-store.ts";
import type { ResumeProblem, Sessions } from "./sessions.ts";
import type { Topics } from "./topics.ts";

/** What the reception needs of the gateway. */
interface Frontage {
  readonly world: World;
  readonly limits: Limits;
  readonly topics: Topics;
  readonly shownThrough: number;
}

/** A session found again, and what its client is to hear. */
interface Return {
  readonly session: Session;
  /** The client has all up to this frame. */
  readonly position: number;
  /** Frames that the client has and that did not last, which it is told next. */
  readonly rewound: { readonly from: number; readonly to: number } | undefined;
  /** Of how many rewinds it has heard before that. */
  readonly rewinds: number;
}

/** A client's line and what it says are gone for sure after so many heartbeats. */
const heartbeatsUntilGone = 2;

/** Welcomes clients: with a new session, or with the one that they had, and then with what they missed. */
export class Reception {
  readonly #front: Frontage;
  readonly #sessions: Sessions;
  readonly #store: SessionStore;
  readonly #schemaHash: string;

  constructor(
    front: Frontage,
    sessions: Sessions,
    store: SessionStore,
    { schemaHash }: { readonly schemaHash: string },
  ) {
    this.#front = front;
    this.#sessions = sessions;
    this.#store = store;
    this.#schemaHash = schemaHash;
  }

  /** A session of an earlier process, before its client is back. */
  takeUp(session: Session): void {
    const { log, reached, file } = this.#store;
    // Nobody knows what clients were shown. And frames that the log has of this process are after those that lasted.
    session.rewindTo(reached);
    // The file may not know the last frames that were sent: neither those that are in it, nor those that went since.
    const isUnknown = log.droppedThrough > (file?.progressThrough ?? 0);
    if (isUnknown) session.lastReliable = Math.max(session.lastReliable, log.droppedThrough);
    const last = log.lastOf((event, frame) => session.wants(event, frame));
    session.lastReliable = Math.max(session.lastReliable, last);
  }

  /** Gives a client its session, welcomes it, and sends again what it missed. */
  receive(connection: Connection, hello: Hello, identity: Identity): Session {
    const found = hello.resume && this.#find(hello.resume, identity);
    const back = typeof found === "object" ? found : undefined;
    const session = back?.session ?? this.#sessions.open(identity.player);
    const before = session.connection;
    connection.begin(session, identity);
    before?.refuse("CLIENT_REPLACED", "another connection has resumed the session");
    this.#sessions.attached(session);
    const resumeToken = session.addToken();
    this.#sessions.save(session);
    this.#welcome(connection, session, identity, resumeToken, back);
    if (typeof found === "string") connection.send({ case: "resync", value: { reason: found } });
    if (back && connection.isOpen) this.#catchUp(connection, back);
    return session;
  }

  /** Lets reliable events go that no client needs any more. */
  trimLog(): void {
    const { world, limits, shownThrough } = this.#front;
    const awayMs = limits.resumeWindowMs + heartbeatsUntilGone * limits.heartbeatMs;
    let needed = shownThrough;
    for (const { acked, lastReliable } of this.#sessions.all()) {
      if (lastReliable > acked) needed = Math.min(needed, acked);
    }
    const tooOld = shownThrough - Math.ceil((awayMs * world.tickHz) / 1_000);
    this.#store.log.trim(Math.max(needed, tooOld));
  }

  #find(resume: NonNullable<Hello["resume"]>, { player }: Identity): Return | ResumeProblem {
    const session = this.#sessions.find(resume, player);
    if (typeof session === "string") return session;
    const received = Math.min(Number(resume.received), Number.MAX_SAFE_INTEGER);
    // No client can have more of what lasted.
    const highest = Math.min(this.#front.shownThrough, session.lastedThrough(resume.rewinds));
    const isRewound = received > highest;
    const rewound = isRewound ? { from: highest + 1, to: received } : undefined;
    const rewinds = isRewound ? resume.rewinds : session.rewinds;
    const position = Math.max(Math.min(received, highest), session.acked);
    const { log } = this.#store;
    if (session.lastReliable > position && log.droppedThrough > position) return "RESUME_EXPIRED";
    return { session, position, rewound, rewinds };
  }

  #welcome(
    connection: Connection,
    session: Session,
    { player, scopes }: Identity,
    resumeToken: string,
    back: Return | undefined,
  ): void {
    const { world, topics, limits } = this.#front;
    const { resumeWindowMs, unackedMax } = limits;
    const about = { world: world.name, frame: BigInt(world.frame), tickHz: world.tickHz };
    const known = { schemaHash: this.#schemaHash, topics: [...topics.names] };
    // Until it has the gap, it is to say what it said: then it is told again, should the connection break in between.
    const { rewinds } = back ?? session;
    const resumed = back !== undefined;
    const resuming = { resumeToken, resumeWindowMs, resumed, rewinds, unackedMax };
    const who = { session: session.id, player, scopes: [...scopes] };
    connection.send({ case: "welcome", value: { ...about, ...known, ...resuming, ...who } });
    if (world.timeDilation === 1) return;
    connection.send({ case: "timeDilation", value: { factor: world.timeDilation } });
  }

  #catchUp(connection: Connection, { session, position, rewound }: Return): void {
    const { log } = this.#store;
    session.acked = position;
    if (rewound) connection.rewound(rewound.from, rewound.to);
    if (log.lostAt > position) {
      const lost = BigInt(log.lostAt);
      connection.send({ case: "gap", value: { fromFrame: lost, toFrame: lost } });
    }
    connection.repeat(new Backlog(log, session, position, () => this.#front.shownThrough));
  }
}
