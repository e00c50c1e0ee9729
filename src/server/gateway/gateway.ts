import type { Ack, Hello } from "../../gen/tellurion/v1/client_pb.ts";
import { file_tellurion_v1_client } from "../../gen/tellurion/v1/client_pb.ts";
import { type PublishedFrame, schemaHash, type World } from "../../runtime/host.ts";
import { type Authenticator, openAccess } from "../access/authenticator.ts";
import { GuardedCalls } from "../access/guarded-calls.ts";
import type { Identity } from "../access/identity.ts";
import { Doubling } from "../doubling.ts";
import type { Limits } from "../limits.ts";
import type { Log } from "../log.ts";
import { type Audience, Audiences } from "./audiences.ts";
import type { CloseReason } from "./close-codes.ts";
import { CommitHold } from "./commit-hold.ts";
import { Connection, type ConnectionHost, type Line } from "./connection.ts";
import { Door } from "./door.ts";
import {
  checkWorldEvents,
  FrameEncoder,
  isReliable,
  keep,
  type WireEvent,
} from "./frame-encoder.ts";
import { type GatewayCounters, GatewayTally } from "./gateway-counters.ts";
import { HeldAnswers, holdMs } from "./held-answers.ts";
import { OutgoingFrame } from "./outgoing-frame.ts";
import { Reception } from "./reception.ts";
import type { Session } from "./session.ts";
import { SessionStore } from "./session-store.ts";
import { Sessions } from "./sessions.ts";
import type { Subprotocol } from "./subprotocol.ts";
import type { Look, Surroundings } from "./surroundings.ts";
import { TokenBuckets } from "./token-buckets.ts";
import { Topics } from "./topics.ts";

export interface GatewayOptions {
  /** Undefined: everybody may do everything. */
  readonly authenticator?: Authenticator | undefined;
  /** By which all calls reach the world. Undefined: one of the gateway's own. */
  readonly calls?: GuardedCalls;
  /** Undefined: sessions end with the process. */
  readonly store?: SessionStore | undefined;
  /** Undefined: where clients look is remembered, and nothing is told of it. */
  readonly surroundings?: Surroundings | undefined;
}

const clientNameLengthMax = 120;
/** How often held back events are looked at, in ms: no rate is kept more exactly. */
const pacingMs = 25;
/** How often sessions that are over are looked for, in ms. */
const upkeepMs = 500;
/** How often it is written how far clients have come, in ms. */
const progressMs = 5_000;
/** Reasons after which there is nothing to come back to. */
const final = new Set<CloseReason>([
  "CLIENT_MALFORMED_FRAME",
  "CLIENT_HELLO_EXPECTED",
  "NOT_AUTHENTICATED",
  "CLIENT_FRAME_TOO_LARGE",
  "CLIENT_TOO_MANY_MESSAGES",
]);

/**
 * All clients of a world: brings its events to those who subscribed and their calls to its actors.
 */
export class Gateway implements ConnectionHost {
  readonly world: World;
  readonly limits: Limits;
  readonly topics: Topics;
  readonly authenticator: Authenticator;
  readonly calls: GuardedCalls;
  readonly #log: Log;
  readonly #store: SessionStore;
  readonly #surroundings: Surroundings | undefined;
  readonly #sessions: Sessions;
  readonly #reception: Reception;
  readonly #door: Door;
  /** How often each player comes to the door: one that comes all the time takes nobody else's turn. */
  readonly #joins: TokenBuckets;
  readonly #hold: CommitHold;
  readonly #audiences = new Audiences();
  readonly #connections = new Set<Connection>();
  readonly #heldAnswers = new HeldAnswers();
  /** Those of them of whom it is not known yet who they are, in the order in which they came. */
  readonly #strangers = new Set<Connection>();
  readonly #tally = new GatewayTally();
  readonly #reports = new Doubling();
  readonly #timers: NodeJS.Timeout[];
  /** Encoders that nobody uses at the moment. */
  readonly #encoders: FrameEncoder[] = [];
  #listened: readonly number[] = [];
  #shownThrough: number;
  /** Clients have been told what is around them since the timer last looked around. */
  #hasToldSince = false;

  constructor(world: World, limits: Limits, log: Log, options: GatewayOptions = {}) {
    const { events } = world.catalogue;
    checkWorldEvents(events);
    this.world = world;
    this.limits = limits;
    this.topics = new Topics(events);
    this.authenticator = options.authenticator ?? openAccess;
    this.calls = options.calls ?? new GuardedCalls(world, limits, log);
    this.#log = log;
    this.#store = options.store ?? SessionStore.inMemory(limits.reliableLogBytesMax);
    this.#surroundings = options.surroundings;
    this.#shownThrough = Math.max(this.#store.log.last, this.#store.reached);
    this.#door = new Door(limits.joinsPerSecondMax, limits.joinsBurstMax);
    this.#joins = new TokenBuckets(limits.playerJoinsPerSecondMax);
    this.#hold = new CommitHold(world, limits.commitWaitMsMax, (encoder) => this.#show(encoder));
    this.#sessions = new Sessions(limits, this.#store.file, (session) => this.#ended(session));
    this.#reception = new Reception(this, this.#sessions, this.#store, {
      schemaHash: schemaHash([...world.catalogue.files, file_tellurion_v1_client]),
    });
    this.#takeUp();
    world.onFrame((frame) => this.#publish(frame));
    world.onRewind(({ from, to }) => this.#rewind(from, to));
    world.onTimeDilation(() => {
      const value = { factor: world.timeDilation };
      for (const { connection } of this.#sessions.all()) {
        connection?.send({ case: "timeDilation", value });
      }
    });
    this.#timers = [
      setInterval(() => this.#releasePaced(), pacingMs).unref(),
      setInterval(() => this.#lookAround(), 1_000 / limits.areaHz).unref(),
      setInterval(() => this.#heldAnswers.flush(), holdMs).unref(),
      setInterval(() => this.#keepUp(), upkeepMs).unref(),
      setInterval(() => this.#sessions.writeProgress(this.#shownThrough), progressMs).unref(),
    ];
  }

  get shownThrough(): number {
    return this.#shownThrough;
  }

  get counters(): GatewayCounters {
    return this.#tally.counters(this.#connections, this.#sessions, {
      waiting: this.#door.waiting,
      reliableLogBytes: this.#store.log.bytes,
      commitWaitMsMost: this.#hold.longestMs,
      areas: this.#surroundings?.counters,
    });
  }

  /** Takes a line. When there are too many already, it is closed at once. `bearer`: the token of the upgrade's header. */
  accept(line: Line, subprotocol: Subprotocol, bearer?: string): Connection {
    const connection = new Connection(this, line, subprotocol, bearer);
    this.#tally.accepted += 1;
    if (this.#refuseWhenFull(connection)) return connection;
    this.#connections.add(connection);
    this.#strangers.add(connection);
    // Whoever says nothing makes room: the silent may not keep out those who have something to say.
    const { connectionsUnwelcomedMax: most } = this.limits;
    const [oldest] = this.#strangers;
    if (this.#strangers.size > most) {
      oldest?.refuse("CLIENT_TOO_MANY_CONNECTIONS", `${most} who came later have not said hello`);
    }
    return connection;
  }

  receive(connection: Connection, data: Uint8Array, isBinary: boolean): void {
    this.#tally.messagesIn += 1;
    this.#tally.bytesIn += data.length;
    connection.receive(data, isBinary);
  }

  /** A client is gone. Its session waits for it, if it `mayReturn`. */
  remove(connection: Connection, mayReturn = true): void {
    connection.left();
    this.#door.leave(connection);
    this.#surroundings?.leave(connection);
    this.#strangers.delete(connection);
    if (this.#connections.delete(connection)) this.#tally.noteGone(connection);
    const { session } = connection;
    // It may have come back already, by another connection.
    if (session?.connection === connection) this.#sessions.left(session, mayReturn);
  }

  /** Closes every client for a reason. */
  closeAll(reason: CloseReason, detail: string): void {
    for (const connection of this.#connections) connection.refuse(reason, detail);
  }

  /** After all clients are closed: writes what is to be known by the next process. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#door.close();
    this.#hold.close();
    this.#sessions.writeProgress(this.#shownThrough);
    this.#store.close();
  }

  knock(guest: Connection, { player }: Identity): void {
    if (this.#refuseWhenFull(guest)) return;
    this.#strangers.delete(guest);
    // Without a player there is nobody to tell one from another.
    if (player === "" || this.#joins.take(player)) {
      this.#door.enter(guest);
      return;
    }
    const { playerJoinsPerSecondMax: most } = this.limits;
    const detail = `more than ${most} clients a second of player=${player}`;
    guest.refuse("CLIENT_TOO_MANY_CONNECTIONS", detail);
  }

  welcome(connection: Connection, hello: Hello, identity: Identity): void {
    const session = this.#reception.receive(connection, hello, identity);
    // It may have been refused meanwhile, and is taken off the books already.
    if (!connection.isOpen) return;
    if (session.area) this.#surroundings?.setArea(connection, session.area);
    this.#audiences.move(session);
    this.#listen();
    const client = hello.client.slice(0, clientNameLengthMax) || "no name";
    const player = identity.player === "" ? "" : `, player ${identity.player}`;
    this.#log.info(`client ${session.id} joined: ${client}${player}`);
  }

  subscribed(session: Session): void {
    this.#sessions.save(session);
    const held = this.#audiences.move(session);
    if (held.length > 0) session.connection?.deliver(new OutgoingFrame(this.#shownThrough, held));
    this.#listen();
  }

  look(connection: Connection, session: Session, { x, y, radius, fresh }: Look): void {
    const area = { x, y, radius };
    this.#surroundings?.setArea(connection, area);
    if (fresh) this.#surroundings?.reset(connection);
    const isFollowing = session.area !== undefined && radius > 0;
    session.area = radius === 0 ? undefined : area;
    // Clients do so all the time as they walk.
    if (isFollowing) this.#sessions.advanced(session);
    else this.#sessions.save(session);
  }

  confirmed(session: Session): void {
    this.#sessions.save(session);
  }

  acked(session: Session, { received, rewinds }: Ack): void {
    // Its position would be one in a course that the world did not take.
    if (rewinds !== session.rewinds) return;
    session.acked = Math.max(session.acked, Math.min(Number(received), session.lastReliable));
    this.#sessions.advanced(session);
  }

  holds(connection: Connection): void {
    this.#heldAnswers.add(connection);
  }

  closed(connection: Connection, reason: CloseReason, detail: string): void {
    this.remove(connection, !final.has(reason));
    const count = this.#tally.noteClose(reason);
    const reports = this.#reports.count(reason);
    if (reports > 0 && reason !== "WORLD_STOPPED") {
      const who = connection.session?.id ?? "without a session";
      this.#log.warn(`client ${who} closed, ${reason} (${count} so far): ${detail}`);
    }
  }

  /** Goes on with the sessions of an earlier process. */
  #takeUp(): void {
    this.#store.handOver();
    this.#store.log.bind(this.world.catalogue);
    this.#store.file?.setWorld(this.world.id);
    const { file } = this.#store;
    if (file) {
      file.onLost = (reason) =>
        this.#log.error(`sessions are not kept any more: ${reason}; they end with the process`);
    }
    for (const session of this.#sessions.all()) {
      this.#reception.takeUp(session);
      this.#audiences.move(session);
    }
    this.#sessions.saveAll();
    this.#listen();
  }

  #refuseWhenFull(connection: Connection): boolean {
    const { connectionsMax } = this.limits;
    if (this.#connections.size - this.#strangers.size < connectionsMax) return false;
    connection.refuse("CLIENT_TOO_MANY_CONNECTIONS", `${connectionsMax} clients are connected`);
    return true;
  }

  #ended(session: Session): void {
    this.#audiences.leave(session);
    this.#listen();
  }

  /** Keeps the world's list of events that somebody listens to in step with the subscriptions. */
  #listen(): void {
    const { events } = this.world.catalogue;
    const needed = this.#surroundings?.events ?? [];
    const around = needed.filter((number) => events.some((event) => event.number === number));
    const subscribed = this.topics.eventsOf(this.#audiences.firstParts());
    const listened = [...new Set([...subscribed, ...around])];
    if (listened.join() === this.#listened.join()) return;
    this.#listened = listened;
    this.world.listenTo(listened);
  }

  #publish(frame: PublishedFrame): void {
    const encoder = this.#encoders.pop() ?? new FrameEncoder();
    encoder.read(frame);
    const { log } = this.#store;
    // Before it is shown to anybody: after a crash it is known what clients may have.
    if (encoder.isReliable) log.append(frame.frame, encoder.events.filter(isReliable).map(keep));
    if (frame.lost > 0) {
      log.noteLost(frame.frame);
      this.#tellLoss(frame.frame);
    }
    this.#surroundings?.take(frame);
    this.#hold.take(encoder);
    this.#tellSurroundings(frame.frame);
    this.#hasToldSince = true;
  }

  /** A frame in which nothing happens is not heard of, and clients look elsewhere meanwhile. */
  #lookAround(): void {
    const frame = this.world.readOutput();
    if (!this.#hasToldSince) this.#tellSurroundings(frame);
    this.#hasToldSince = false;
  }

  #tellSurroundings(frame: number): void {
    const updates = this.#surroundings?.updates(frame, (client) => client.isInStep) ?? [];
    for (const { client, message } of updates) client.sendNow(message);
  }

  #show(encoder: FrameEncoder): void {
    const { frame } = encoder;
    this.#shownThrough = Math.max(this.#shownThrough, frame);
    const nowMs = performance.now();
    for (const audience of this.#audiences.all()) {
      const selected = encoder.select(audience.topics);
      const events = audience.pacing?.take(selected, nowMs) ?? selected;
      if (events.length > 0) this.#deliver(audience, frame, events);
    }
    this.#encoders.push(encoder);
  }

  #deliver({ sessions }: Audience, frame: number, events: readonly WireEvent[]): void {
    const outgoing = new OutgoingFrame(frame, events);
    for (const session of sessions) {
      if (outgoing.isReliable) {
        session.lastReliable = frame;
        this.#sessions.advanced(session);
      }
      const { connection } = session;
      if (!connection) continue;
      if (connection.deliver(outgoing)) {
        this.#tally.noteFrame(outgoing.whole(connection.subprotocol).length);
      } else {
        this.#tally.framesQueued += 1;
      }
    }
  }

  #releasePaced(): void {
    const nowMs = performance.now();
    for (const audience of this.#audiences.all()) {
      if (!audience.pacing?.isHolding) continue;
      const events = audience.pacing.due(nowMs);
      if (events.length > 0) this.#deliver(audience, this.#shownThrough, events);
    }
  }

  /** Nobody knows whose events are missing: everybody who listens hears of a gap. */
  #tellLoss(frame: number): void {
    const value = { fromFrame: BigInt(frame), toFrame: BigInt(frame) };
    for (const { sessions } of this.#audiences.all()) {
      for (const { connection } of sessions) connection?.send({ case: "gap", value });
    }
  }

  /** Tells that what clients know of these frames did not last. */
  #rewind(from: number, to: number): void {
    this.#hold.rewind(from);
    this.#store.log.rewind(from);
    this.#shownThrough = Math.min(this.#shownThrough, from - 1);
    // Some of it may be of these frames, and the clients ask for what holds now.
    for (const { pacing } of this.#audiences.all()) pacing?.forget();
    for (const session of this.#sessions.all()) session.rewindTo(from - 1);
    // Before anybody is told: a later process is not to count the same once more.
    this.#sessions.saveAll();
    for (const { connection } of this.#sessions.all()) connection?.rewound(from, to);
  }

  #keepUp(): void {
    this.#sessions.expire();
    this.#reception.trimLog();
  }
}
