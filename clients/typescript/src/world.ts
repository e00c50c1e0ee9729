import {
  create,
  type DescMessage,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { Area, type AreaOptions, type Circle } from "./area.ts";
import { Calls } from "./calls.ts";
import { WorldClock } from "./clock.ts";
import type { Environment } from "./environment.ts";
import { TellurionError } from "./errors.ts";
import type { Body, Look, ServerMessage } from "./messages.ts";
import type { Settings } from "./options.ts";
import { Session, type Status, type StatusDetail } from "./session.ts";
import {
  type EventContext,
  type EventHandler,
  runHandler,
  type Subscription,
  Subscriptions,
} from "./subscriptions.ts";

/** What can happen to the connection, and can be listened to by name. */
export interface Happenings {
  status: StatusDetail & { readonly status: Status };
  /** The client's picture may be wrong: it asks again for what holds now. Its subscriptions stand. */
  resync: { readonly reason: string };
  /** Events of these frames did not come. `rewound`: what came of them did not happen: ask for what holds now. */
  gap: { readonly fromFrame: number; readonly toFrame: number; readonly rewound: boolean };
  /** A connection's server has another schema than the game. For the first one, see `schemaDiffers`. */
  schema: { readonly game: string; readonly server: string };
  /** World time passes so fast: 1 is normal. */
  dilation: { readonly factor: number };
  /** Something was refused that nobody waits for. */
  problem: TellurionError;
  /** A frame came that holds events. */
  frame: EventContext & { readonly events: number };
}

export interface CallOptions {
  readonly timeoutMs?: number;
  /** With a key, a command takes effect once, however often it is sent: so it is sent again after a cut. */
  readonly idempotencyKey?: string;
}

export interface SubscribeOptions {
  /** At most one event of a type and topic in so long, where the latest one counts. */
  readonly intervalMs?: number;
}

type Listener = (happening: never) => void;
/** google.protobuf.MethodOptions.IdempotencyLevel of methods that may not be called twice. */
const unknownIdempotency = 0;

/** A world, seen by one client. */
export class World {
  readonly clock: WorldClock;
  /** Resolves when the world is closed: to why, when it was not by `close`. */
  readonly closed: Promise<TellurionError | undefined>;
  readonly #settings: Settings;
  readonly #session: Session;
  readonly #calls: Calls;
  readonly #subscriptions: Subscriptions;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #closed = Promise.withResolvers<TellurionError | undefined>();
  #welcomes = 0;
  #area: Area | undefined;

  constructor(settings: Settings, environment: Environment) {
    this.#settings = settings;
    this.clock = new WorldClock(environment.now);
    this.closed = this.#closed.promise;
    this.#session = new Session(settings, environment, this.clock, {
      welcomed: (welcome, isNew) => this.#welcomed(welcome, isNew),
      received: (message) => this.#received(message),
      status: (status, detail) => this.#status(status, detail),
    });
    this.#calls = new Calls(settings, environment, this.#session);
    this.#subscriptions = new Subscriptions(this.#session);
  }

  get status(): Status {
    return this.#session.status;
  }

  get name(): string {
    return this.#session.welcome?.world ?? "";
  }

  /** Frames in a second of world time. */
  get tickHz(): number {
    return this.#session.welcome?.tickHz ?? 0;
  }

  /** Topics that can be subscribed to, by their first part. */
  get topics(): readonly string[] {
    return this.#session.welcome?.topics ?? [];
  }

  /** Who the client is, and what it may do, as its token says. */
  get player(): string {
    return this.#session.welcome?.player ?? "";
  }

  get scopes(): readonly string[] {
    return this.#session.welcome?.scopes ?? [];
  }

  /** The server's schema is another one than the game's: what is new in it is passed over. */
  get schemaDiffers(): boolean {
    const { schemaHash } = this.#settings;
    return schemaHash !== "" && schemaHash !== this.#session.welcome?.schemaHash;
  }

  get traffic(): { readonly bytesReceived: number; readonly bytesSent: number } {
    const { bytesReceived, bytesSent } = this.#session;
    return { bytesReceived, bytesSent };
  }

  /** Connects. To be called once. */
  open(): void {
    this.#session.open();
  }

  /** Hears of events: of all of their kind, or of one topic like `weather/north-marsh`. */
  on<Desc extends DescMessage>(event: Desc, handler: EventHandler<Desc>): Subscription;
  on<Desc extends DescMessage>(
    event: Desc,
    topic: string,
    handler: EventHandler<Desc>,
    options?: SubscribeOptions,
  ): Subscription;
  /** Hears of what happens to the connection. */
  on<Name extends keyof Happenings>(
    name: Name,
    handler: (happening: Happenings[Name]) => void,
  ): Subscription;
  on(
    what: DescMessage | string,
    topic: unknown,
    handler: unknown = topic,
    { intervalMs = 0 }: SubscribeOptions = {},
  ): Subscription {
    if (typeof what === "string") return this.#listen(what, topic as Listener);
    const name = typeof topic === "string" ? topic : undefined;
    return this.#subscriptions.add(what, name, handler as EventHandler<DescMessage>, intervalMs);
  }

  /** Calls a method. Rejects with a TellurionError. */
  async call<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
    { timeoutMs = this.#settings.callTimeoutMs, idempotencyKey = "" }: CallOptions = {},
  ): Promise<MessageShape<Output>> {
    const answer = await this.#calls.call({
      method: `${method.parent.typeName}/${method.name}`,
      message: toBinary(method.input, create(method.input, request)),
      timeoutMs,
      idempotencyKey,
      isRepeatable: idempotencyKey !== "" || method.idempotency !== unknownIdempotency,
    });
    return fromBinary(method.output, answer);
  }

  /** Looks at a part of the map. There is one area: this replaces the one before. */
  area(circle: Circle, options: AreaOptions = {}): Area {
    this.#area?.forget();
    const now = () => this.clock.now();
    // What a game still does with the area before is not to move this one.
    const look = (next: Look) => void (area === this.#area && this.#subscriptions.look(next));
    const area: Area = new Area({ now, look }, options);
    this.#area = area;
    area.move(circle);
    return area;
  }

  /** Ends the connection for good. Calls that wait fail. */
  close(reason = ""): void {
    this.#session.close(undefined, reason);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #listen(name: string, handler: Listener): Subscription {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(handler));
    const cancel = () => void listeners.delete(handler);
    return { ready: Promise.resolve(), cancel, [Symbol.dispose]: cancel };
  }

  #tell<Name extends keyof Happenings>(name: Name, happening: Happenings[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      runHandler(() => listener(happening as never));
    }
  }

  #status(status: Status, detail: StatusDetail): void {
    if (status === "offline" || status === "closed") {
      this.#calls.cut();
      this.#subscriptions.cut();
    }
    if (status === "closed") {
      this.#calls.close(detail.error ?? new TellurionError("UNAVAILABLE", "the world is closed"));
      this.#closed.resolve(detail.error);
    }
    this.#tell("status", { status, ...detail });
  }

  #welcomed({ schemaHash, resumeToken }: Body<"welcome">, isNew: boolean): void {
    this.#welcomes += 1;
    const game = this.#settings.schemaHash;
    if (this.schemaDiffers) this.#tell("schema", { game, server: schemaHash });
    if (isNew) this.#area?.forget();
    this.#subscriptions.welcomed(isNew);
    this.#calls.flush();
    // A server that knows of resuming says by itself why it could not.
    if (isNew && this.#welcomes > 1 && resumeToken === "") {
      this.#tell("resync", { reason: "SESSION_LOST" });
    }
  }

  #received(message: ServerMessage): void {
    const { frame, areaUpdate, subscribed, callResult } = message;
    const { gap, resync, timeDilation, problem } = message;
    if (frame) this.#frame(frame);
    if (areaUpdate) this.#area?.update(areaUpdate, this.#timeOf(areaUpdate.frame));
    if (subscribed) this.#subscriptions.subscribed(subscribed);
    if (callResult) this.#calls.answered(callResult);
    if (gap) this.#tell("gap", gap);
    if (resync) this.#tell("resync", resync);
    if (timeDilation) this.#tell("dilation", timeDilation);
    if (problem) this.#refused(problem);
  }

  #frame(frame: Body<"frame">): void {
    const context = { frame: frame.frame, timeMs: this.#timeOf(frame.frame) };
    try {
      this.#subscriptions.deliver(frame, context.timeMs);
    } catch (error) {
      const text = `an event of frame ${frame.frame} cannot be read: ${error}`;
      this.#tell("problem", new TellurionError("MALFORMED_MESSAGE", text));
    }
    this.#tell("frame", { ...context, events: frame.events.length });
  }

  #refused({ request, code, message }: Body<"problem">): void {
    const error = new TellurionError(code, message);
    if (this.#calls.refused(request, error)) return;
    this.#subscriptions.refused(request, error);
    this.#tell("problem", error);
  }

  #timeOf(frame: number): number {
    return (frame * 1_000) / this.tickHz;
  }
}
