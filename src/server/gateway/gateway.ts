import { randomBytes } from "node:crypto";
import { file_tellurion_v1_client } from "../../gen/tellurion/v1/client_pb.ts";
import { type PublishedFrame, schemaHash, type World } from "../../runtime/host.ts";
import { Doubling } from "../doubling.ts";
import type { Limits } from "../limits.ts";
import type { Log } from "../log.ts";
import { Audiences } from "./audiences.ts";
import type { CloseReason } from "./close-codes.ts";
import { checkWorldEvents, FrameEncoder } from "./frame-encoder.ts";
import { type Line, Session, type SessionHost } from "./session.ts";
import type { Subprotocol } from "./subprotocol.ts";
import { Topics } from "./topics.ts";

/** What the gateway has done since it began. */
export interface GatewayCounters {
  readonly connections: number;
  readonly accepted: number;
  readonly messagesIn: number;
  readonly bytesIn: number;
  readonly framesOut: number;
  readonly frameBytesOut: number;
  /** Frames left out because a client's line was full. */
  readonly framesSkipped: number;
  readonly closes: ReadonlyMap<CloseReason, number>;
}

/**
 * All clients of a world: brings its events to those who subscribed and their calls to its actors.
 */
export class Gateway implements SessionHost {
  readonly world: World;
  readonly limits: Limits;
  readonly topics: Topics;
  readonly schemaHash: string;
  readonly #log: Log;
  readonly #encoder = new FrameEncoder();
  readonly #audiences = new Audiences();
  readonly #sessions = new Set<Session>();
  readonly #reports = new Doubling();
  readonly #closes = new Map<CloseReason, number>();
  readonly #counters = {
    accepted: 0,
    messagesIn: 0,
    bytesIn: 0,
    framesOut: 0,
    frameBytesOut: 0,
    framesSkipped: 0,
  };
  #listened: readonly number[] = [];

  constructor(world: World, limits: Limits, log: Log) {
    const { events } = world.catalogue;
    checkWorldEvents(events);
    this.world = world;
    this.limits = limits;
    this.topics = new Topics(events);
    this.schemaHash = schemaHash([...world.catalogue.files, file_tellurion_v1_client]);
    this.#log = log;
    world.onFrame((frame) => this.#publish(frame));
    world.onRewind(({ from, to }) => {
      for (const session of this.#sessions) session.tellRewind(from, to);
    });
    world.onTimeDilation(() => {
      for (const session of this.#sessions) session.tellTimeDilation();
    });
  }

  get counters(): GatewayCounters {
    return { ...this.#counters, connections: this.#sessions.size, closes: this.#closes };
  }

  /** Begins a session on a line. When there are too many already, the line is closed at once. */
  accept(line: Line, subprotocol: Subprotocol): Session {
    const session = new Session(randomBytes(12).toString("base64url"), this, line, subprotocol);
    this.#counters.accepted += 1;
    const { connectionsMax } = this.limits;
    if (this.#sessions.size >= connectionsMax) {
      session.refuse("CLIENT_TOO_MANY_CONNECTIONS", `${connectionsMax} clients are connected`);
    } else {
      this.#sessions.add(session);
    }
    return session;
  }

  receive(session: Session, data: Uint8Array, isBinary: boolean): void {
    this.#counters.messagesIn += 1;
    this.#counters.bytesIn += data.length;
    session.receive(data, isBinary);
  }

  /** A client is gone. */
  remove(session: Session): void {
    session.left();
    this.#audiences.leave(session);
    if (this.#sessions.delete(session)) this.#listen();
  }

  /** Closes every client for a reason. */
  closeAll(reason: CloseReason, detail: string): void {
    for (const session of this.#sessions) session.refuse(reason, detail);
  }

  joined(session: Session, client: string): void {
    this.#log.info(`client ${session.id} joined: ${client || "no name"}`);
  }

  subscribed(session: Session, topics: ReadonlySet<string>): void {
    this.#audiences.move(session, topics);
    this.#listen();
  }

  closed(session: Session, reason: CloseReason, detail: string): void {
    this.remove(session);
    this.#closes.set(reason, (this.#closes.get(reason) ?? 0) + 1);
    const count = this.#reports.count(reason);
    if (count > 0 && reason !== "WORLD_STOPPED") {
      this.#log.warn(`client ${session.id} closed, ${reason} (${count} so far): ${detail}`);
    }
  }

  /** Keeps the world's list of events that somebody listens to in step with the subscriptions. */
  #listen(): void {
    const listened = this.topics.eventsOf(this.#audiences.firstParts());
    if (listened.join() === this.#listened.join()) return;
    this.#listened = listened;
    this.world.listenTo(listened);
  }

  #publish(frame: PublishedFrame): void {
    this.#encoder.read(frame);
    if (frame.lost > 0) this.#tellLoss(frame.frame);
    const counters = this.#counters;
    for (const { topics, sessions } of this.#audiences.all()) {
      const selection = this.#encoder.select(topics);
      if (selection.events.length === 0) continue;
      const messages = new Map<Subprotocol, Uint8Array>();
      for (const session of sessions) {
        const { subprotocol } = session;
        let message = messages.get(subprotocol);
        if (!message) {
          message = subprotocol.encodeFrame(this.#encoder, selection);
          messages.set(subprotocol, message);
        }
        if (session.deliver(frame.frame, message, selection.reliable)) {
          counters.framesOut += 1;
          counters.frameBytesOut += message.length;
        } else {
          counters.framesSkipped += 1;
        }
      }
    }
  }

  /** Nobody knows whose events are missing: everybody who listens hears of a gap. */
  #tellLoss(frame: number): void {
    for (const { sessions } of this.#audiences.all()) {
      for (const session of sessions) {
        session.missed(frame);
        session.drained();
      }
    }
  }
}
