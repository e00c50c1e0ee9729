import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { TellurionError } from "./errors.ts";
import { type EventOption, eventOptionOf } from "./event-option.ts";
import type { Body, ClientMessage, Look } from "./messages.ts";

/** When an event happened. */
export interface EventContext {
  readonly frame: number;
  /** World time of that frame, in milliseconds. */
  readonly timeMs: number;
}

export type EventHandler<Desc extends DescMessage> = (
  event: MessageShape<Desc>,
  context: EventContext,
) => void;

/** Lasts until it is cancelled; `using` cancels it at the end of its block. */
export interface Subscription extends Disposable {
  /** Resolves when the server has it, rejects when it refuses. */
  readonly ready: Promise<void>;
  cancel(): void;
}

interface Handler {
  readonly desc: DescMessage;
  /** What an event's key must be, or nothing: all of them are wanted. */
  readonly key: string;
  /** Where in the event it is. */
  readonly keyField: string;
  run(event: never, context: EventContext): void;
}

interface Topic {
  handlers: number;
  intervalMs: number;
  /** What the server has been told of it. */
  askedIntervalMs: number;
  /** The server has been asked for it on this connection. */
  isAsked: boolean;
  readonly ready: PromiseWithResolvers<void>;
}

/** What subscriptions need of the session. */
export interface SubscriptionLine {
  nextRequest(): number;
  send(message: ClientMessage): boolean;
}

/** Runs what a game gave. An error of its own is the game's to see, and does not keep others from running. */
export function runHandler(run: () => void): void {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/**
 * Who wants to hear of what. Topics are joined: the server hears of each once, with the first handler and after the
 * last one, and all that changes in one turn of the event loop goes in one message.
 */
export class Subscriptions {
  readonly #line: SubscriptionLine;
  readonly #handlers = new Map<number, Set<Handler>>();
  readonly #topics = new Map<string, Topic>();
  readonly #left = new Set<string>();
  /** Topics of requests that have not been answered. */
  readonly #requests = new Map<number, readonly string[]>();
  #area: Look | undefined;
  #isAreaAsked = true;
  #isFlushing = false;

  constructor(line: SubscriptionLine) {
    this.#line = line;
  }

  add<Desc extends DescMessage>(
    desc: Desc,
    topic: string | undefined,
    run: EventHandler<Desc>,
    intervalMs: number,
  ): Subscription {
    const option = eventOptionOf(desc);
    const name = topic ?? option.topic;
    const [first, ...key] = name.split("/");
    if (first !== option.topic || (key.length > 0 && option.topicKey === "")) {
      const valid = `${option.topic}${option.topicKey && ` and ${option.topic}/<key>`}`;
      const text = `topic=${JSON.stringify(name)} is not one of ${desc.typeName}; valid: ${valid}`;
      throw new TellurionError("INVALID_ARGUMENT", text);
    }
    const handler: Handler = { desc, key: key.join("/"), keyField: keyFieldOf(desc, option), run };
    const ofNumber = this.#handlers.get(option.type) ?? new Set();
    this.#handlers.set(option.type, ofNumber.add(handler));
    const joined = this.#join(name, intervalMs);
    const cancel = () => {
      if (ofNumber.delete(handler)) this.#leave(name);
    };
    return { ready: joined.ready.promise, cancel, [Symbol.dispose]: cancel };
  }

  look(area: Look): void {
    this.#area = area;
    this.#isAreaAsked = false;
    this.#flushSoon();
  }

  /** There is a connection. `isNew`: the server knows of no subscriptions. */
  welcomed(isNew: boolean): void {
    this.#requests.clear();
    if (isNew) {
      this.#left.clear();
      for (const topic of this.#topics.values()) {
        topic.isAsked = false;
        topic.askedIntervalMs = 0;
      }
    }
    this.#flush();
  }

  /** The connection is gone: nobody knows whether the server has what it had not answered. */
  cut(): void {
    for (const topics of this.#requests.values()) {
      for (const name of topics) {
        const topic = this.#topics.get(name);
        if (topic) topic.isAsked = false;
      }
    }
    this.#isAreaAsked = this.#area === undefined;
  }

  subscribed({ request }: Body<"subscribed">): void {
    for (const name of this.#requests.get(request) ?? []) this.#topics.get(name)?.ready.resolve();
    this.#requests.delete(request);
  }

  /** The server refused a request: one topic at a time shows which it was. */
  refused(request: number, error: TellurionError): void {
    const topics = this.#requests.get(request) ?? [];
    this.#requests.delete(request);
    for (const name of topics) {
      if (topics.length > 1) this.#ask([name]);
      else this.#topics.get(name)?.ready.reject(error);
    }
  }

  deliver({ frame, events }: Body<"frame">, timeMs: number): void {
    const context = { frame, timeMs };
    for (const event of events) {
      const reader = new BinaryReader(event);
      while (reader.pos < reader.len) {
        const [number, wireType] = reader.tag();
        const handlers = this.#handlers.get(number);
        const isEvent = wireType === WireType.LengthDelimited;
        if (handlers?.size && isEvent) tell(handlers, reader.bytes(), context);
        else reader.skip(wireType);
      }
    }
  }

  #join(name: string, intervalMs: number): Topic {
    let topic = this.#topics.get(name);
    if (!topic) {
      const ready = Promise.withResolvers<void>();
      topic = { handlers: 0, intervalMs, askedIntervalMs: 0, isAsked: false, ready };
      // Who does not look at it need not handle its failure.
      topic.ready.promise.catch(() => {});
      this.#topics.set(name, topic);
      this.#left.delete(name);
    }
    topic.handlers += 1;
    if (intervalMs < topic.intervalMs) {
      topic.intervalMs = intervalMs;
      topic.isAsked = false;
    }
    this.#flushSoon();
    return topic;
  }

  #leave(name: string): void {
    const topic = this.#topics.get(name);
    if (!topic) return;
    topic.handlers -= 1;
    if (topic.handlers > 0) return;
    this.#topics.delete(name);
    this.#left.add(name);
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#left.size > 0) {
      const message = { request: this.#line.nextRequest(), topics: [...this.#left] };
      if (!this.#line.send({ unsubscribe: message })) return;
      this.#left.clear();
    }
    const wanted = [...this.#topics].filter(([, topic]) => !topic.isAsked).map(([name]) => name);
    if (wanted.length > 0 || !this.#isAreaAsked) this.#ask(wanted);
  }

  #ask(names: readonly string[]): void {
    const request = this.#line.nextRequest();
    const rates = names.flatMap((topic) => {
      const { intervalMs, askedIntervalMs } = this.#topics.get(topic) ?? {};
      return intervalMs === askedIntervalMs ? [] : [{ topic, intervalMs }];
    });
    const area = this.#isAreaAsked ? undefined : this.#area;
    if (!this.#line.send({ subscribe: { request, topics: names, rates, area } })) return;
    this.#isAreaAsked = true;
    this.#requests.set(request, names);
    for (const name of names) {
      const topic = this.#topics.get(name);
      if (topic) Object.assign(topic, { isAsked: true, askedIntervalMs: topic.intervalMs });
    }
  }
}

function tell(handlers: ReadonlySet<Handler>, bytes: Uint8Array, context: EventContext): void {
  let desc: DescMessage | undefined;
  let event: Record<string, unknown> = {};
  for (const handler of handlers) {
    // Handlers nearly always share one description: the event is read once for all of them.
    if (handler.desc !== desc) {
      desc = handler.desc;
      event = fromBinary(desc, bytes) as unknown as Record<string, unknown>;
    }
    const { key, keyField } = handler;
    if (key !== "" && event[keyField] !== key) continue;
    runHandler(() => handler.run(event as never, context));
  }
}

function keyFieldOf(desc: DescMessage, { topicKey }: EventOption): string {
  return desc.fields.find((field) => field.name === topicKey)?.localName ?? "";
}
