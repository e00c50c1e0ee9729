import type { DescField } from "@bufbuild/protobuf";
import { codecOf, type FeedEvent } from "../../runtime/index.ts";
import { type BridgedEvent, choosingField, typeNameOf } from "../bridged-event.ts";
import type { StreamConfiguration } from "../configuration.ts";

/** What a stream asks of the events of one type. */
interface Rule {
  /** The stream's place in the configuration. */
  readonly stream: number;
  /** Undefined: all. */
  readonly topics: ReadonlySet<string> | undefined;
  readonly where: readonly Condition[];
}

interface Condition {
  readonly field: DescField;
  /** A text, or the number of an enum's value. */
  readonly value: string | number | undefined;
}

/** Events of other parts of the world come in through actors of this kind: they do not go out again. */
const bridgeSource = "bridge/";

/** Says which stream an event belongs to: the first one, in their order, that asks for such an event. */
export class Selection {
  readonly #rules: ReadonlyMap<number, readonly Rule[]>;

  constructor(streams: readonly StreamConfiguration[], events: readonly BridgedEvent[]) {
    const mirrored = events.filter((event) => event.mirrored);
    this.#rules = new Map(mirrored.map((event) => [event.number, rulesOf(event, streams)]));
  }

  /** Numbers of the events that some stream asks for. */
  get events(): number[] {
    return [...this.#rules].filter(([, rules]) => rules.length > 0).map(([number]) => number);
  }

  /** -1: none asks for it. */
  streamOf(event: FeedEvent): number {
    const rules = this.#rules.get(event.number);
    if (rules === undefined || event.source.startsWith(bridgeSource)) return -1;
    for (const { stream, topics, where } of rules) {
      if (topics !== undefined && !topics.has(event.topic)) continue;
      if (where.length === 0 || meets(where, event)) return stream;
    }
    return -1;
  }
}

/** Tells streams that take other events than before. */
export function selectionText(streams: readonly StreamConfiguration[]): string {
  return JSON.stringify(
    streams.map(({ name, types, topics, where }) => ({ name, types, topics, where })),
  );
}

function rulesOf(event: BridgedEvent, streams: readonly StreamConfiguration[]): Rule[] {
  const name = typeNameOf(event);
  return streams.flatMap((stream, i) => {
    if (stream.types !== undefined && !stream.types.includes(name)) return [];
    const where = Object.entries(stream.where ?? {}).map(([key, value]) =>
      conditionOf(event, key, value),
    );
    const met = where.filter((condition) => condition !== undefined);
    // An event without the field has no value that could be the one that is asked for.
    if (met.length < where.length) return [];
    const isOfAll = stream.topics === undefined || stream.topics.includes(`${event.topic}/*`);
    return [{ stream: i, topics: isOfAll ? undefined : new Set(stream.topics), where: met }];
  });
}

function conditionOf(event: BridgedEvent, key: string, value: string): Condition | undefined {
  const field = choosingField(event.desc, key);
  if (field === undefined) return undefined;
  const number = field.enum?.values.find(({ name }) => name === value)?.number;
  return { field, value: field.enum === undefined ? value : number };
}

function meets(where: readonly Condition[], event: FeedEvent): boolean {
  const message = codecOf(event.desc).decode(event.bytes, event.start, event.end);
  const fields = message as unknown as Readonly<Record<string, unknown>>;
  return where.every(({ field, value }) => fields[field.localName] === value);
}
