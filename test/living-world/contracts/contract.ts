import { type DescMessage, hasOption, type MessageShape } from "@bufbuild/protobuf";
import { event as eventOption } from "../../../src/gen/tellurion/v1/options_pb.ts";
import type { ActorContext, ActorDefinition } from "../../../src/runtime/index.ts";

/** What a consumer published or sent while it took an event in. */
export interface Said {
  readonly type: DescMessage;
  readonly message: Readonly<Record<string, unknown>>;
}

/**
 * Whether the consumer has taken the event in, by what its state and its words say now. Undefined: it had reasons of its
 * own to make nothing of it.
 */
export type Question = (said: readonly Said[]) => boolean | undefined;

/** What a consumer makes of an event. */
export interface Contract {
  readonly event: DescMessage;
  readonly consumer: string;
  /** Kinds that publish the event. */
  readonly producers: readonly string[];
  /** Those of them whose events tell this consumer nothing that it does not know. */
  readonly known: readonly string[];
  readonly sentence: string;
  /** Looks at both before the consumer does. Undefined: this event asks nothing of this consumer. */
  readonly ask: (state: never, event: never, key: string) => Question | undefined;
}

/** A contract whose event has the type's fields; `State` is the consumer's. */
export function contract<State, Desc extends DescMessage>(
  event: Desc,
  consumer: string,
  producers: string | readonly string[],
  sentence: string,
  ask: (state: State, event: MessageShape<Desc>, key: string) => Question | undefined,
  known: readonly string[] = [],
): Contract {
  const kinds = typeof producers === "string" ? [producers] : producers;
  return { event, consumer, producers: kinds, known, sentence, ask: ask as Contract["ask"] };
}

export function pairOf({ event, consumer }: Pick<Contract, "event" | "consumer">): string {
  return `${event.name} → ${consumer}`;
}

/** The events that a kind of actor handles. */
export function heardBy({ handlers }: ActorDefinition): DescMessage[] {
  return handlers.flatMap((handler) =>
    handler.does === "handle" && hasOption(handler.type, eventOption) ? [handler.type] : [],
  );
}

/** How the meetings of one producer's events with one consumer went. */
export interface Tally {
  /** Events that reached a consumer at all, and that asked something of it. */
  met: number;
  asked: number;
  /** Not so before the consumer had the event, and so after it. */
  proven: number;
  /** So before already: such an event proves nothing. */
  idle: number;
  /** Not so after it: the first few, in words. */
  readonly broken: string[];
  /** Fields of the event that the consumer has taken in: with another value in one of them, it would not be so. */
  readonly fields: Set<string>;
}

const brokenMax = 3;
/** Proofs in which fields are altered, and what game times are altered by: more than a minute. */
const alteredMax = 2_000;
const otherMs = 90_000n;
const wordsMax = 600;

/** Listens in on each handler of an event, just before and just after it runs. */
export class Witness {
  /** By `pairOf` and producer. */
  readonly tallies = new Map<string, Tally>();
  /** Events that a handler threw at. */
  readonly thrown = new Map<string, string>();
  readonly #contracts: ReadonlyMap<string, Contract>;

  constructor(contracts: readonly Contract[]) {
    this.#contracts = new Map(contracts.map((one) => [pairOf(one), one]));
  }

  tally(pair: string, producer: string): Tally {
    const name = `${pair} from ${producer}`;
    const known = this.tallies.get(name);
    if (known !== undefined) return known;
    const fresh: Tally = { met: 0, asked: 0, proven: 0, idle: 0, broken: [], fields: new Set() };
    this.tallies.set(name, fresh);
    return fresh;
  }

  /** The same actors, with somebody who looks on. */
  watch(actors: readonly ActorDefinition[]): ActorDefinition[] {
    return actors.map((definition) => {
      const events = heardBy(definition);
      return {
        ...definition,
        handlers: definition.handlers.map((handler) =>
          handler.does === "handle" && events.includes(handler.type)
            ? { ...handler, run: this.#around(definition.kind, handler.type, handler.run) }
            : handler,
        ),
      };
    });
  }

  #around(consumer: string, event: DescMessage, run: Run): Run {
    const pair = pairOf({ event, consumer });
    return (state, view, ctx) => {
      const producer = ctx.sender?.split("/")[0] ?? "outside";
      const tally = this.tally(pair, producer);
      tally.met += 1;
      const ask = this.#contracts.get(pair)?.ask;
      const question = ask?.(state, view, ctx.key);
      const others =
        ask && tally.proven < alteredMax ? altered(event, view, state, ask, ctx.key) : [];
      const isIdle = question?.([]) === true;
      const said = listening(ctx, () => {
        try {
          run(state, view, ctx);
        } catch (error) {
          this.thrown.set(pair, String(error));
          throw error;
        }
      });
      if (question === undefined) return;
      const holds = question(said);
      if (holds === undefined) return;
      tally.asked += 1;
      if (holds && !isIdle) {
        tally.proven += 1;
        for (const [field, other] of others) if (other?.(said) !== true) tally.fields.add(field);
      }
      if (holds && isIdle) tally.idle += 1;
      if (!holds && tally.broken.length < brokenMax) tally.broken.push(wordsOf(ctx.address, view));
    };
  }
}

/** The same question about events that differ in a field each. */
function altered(
  { fields }: DescMessage,
  view: never,
  state: never,
  ask: Contract["ask"],
  key: string,
): [string, Question | undefined][] {
  const event = (view as { toObject: () => Record<string, unknown> }).toObject();
  return fields.flatMap(({ localName }): [string, Question | undefined][] => {
    const other = otherThan(event[localName]);
    if (other === undefined) return [];
    return [[localName, ask(state, { ...event, [localName]: other } as never, key)]];
  });
}

function otherThan(value: unknown): unknown {
  if (typeof value === "string") return `x${value}x`;
  if (typeof value === "bigint") return value + otherMs;
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return Number.isInteger(value) ? value + 1 : value / 2;
  return Array.isArray(value) && value.length > 0 ? [] : undefined;
}

type Run = (state: never, message: never, ctx: ActorContext) => void;

/** Runs a handler, and returns what it said. */
function listening(ctx: ActorContext, run: () => void): Said[] {
  const said: Said[] = [];
  const { publish, send } = ctx;
  const own = ctx as { publish: unknown; send: unknown };
  own.publish = (type: DescMessage, message: Said["message"]) => {
    said.push({ type, message });
    publish.call(ctx, type, message as never);
  };
  own.send = (to: string, type: DescMessage, message: Said["message"]) => {
    said.push({ type, message });
    send.call(ctx, to, type, message as never);
  };
  try {
    run();
  } finally {
    own.publish = publish;
    own.send = send;
  }
  return said;
}

function wordsOf(address: string, view: { toObject: () => object }): string {
  const text = JSON.stringify(view.toObject(), (_, value) =>
    typeof value === "bigint" ? String(value) : value,
  );
  return `${address}: ${text.slice(0, wordsMax)}`;
}
