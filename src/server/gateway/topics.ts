import { getOption } from "@bufbuild/protobuf";
import { call } from "../../gen/tellurion/v1/options_pb.ts";
import type { EventEntry } from "../../runtime/host.ts";
import { isKey, TellurionError } from "../../runtime/index.ts";
import { hasScope, type Identity } from "../access/identity.ts";
import { quoted } from "../calls.ts";

/** `weather` of `weather/north-marsh`. */
export function firstPart(topic: string): string {
  const slash = topic.indexOf("/");
  return slash < 0 ? topic : topic.slice(0, slash);
}

/** What is needed to look at an area: it shows the world, whichever services tell of it. */
const areaScope = "world:read";

/** The topics of a world's events, and what can be subscribed to. */
export class Topics {
  /** First parts, sorted. */
  readonly names: readonly string[];
  readonly #events: readonly EventEntry[];
  /** What is needed to hear of a topic, by its first part. */
  readonly #scopes: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(events: readonly EventEntry[]) {
    this.#events = events;
    this.names = [...new Set(events.map((event) => event.topic))].sort();
    const scopesOf = (name: string) => events.filter(({ topic }) => topic === name).map(scopeOf);
    this.#scopes = new Map(this.names.map((name) => [name, new Set(scopesOf(name))]));
  }

  /** Throws INVALID_ARGUMENT for a topic that no event can have. */
  check(topic: string): void {
    const name = firstPart(topic);
    if (!this.names.includes(name)) {
      throw new TellurionError(
        "INVALID_ARGUMENT",
        `topic=${quoted(topic)} is not known; valid are ${this.names.join(", ")}, ` +
          "alone or followed by / and a key",
      );
    }
    if (topic === name) return;
    if (!this.#events.some((event) => event.topic === name && event.topicKey !== undefined)) {
      throw new TellurionError(
        "INVALID_ARGUMENT",
        `topic=${quoted(topic)} is not valid: events of ${name} have no key; valid is ${name}`,
      );
    }
    if (!isKey(topic.slice(name.length + 1))) {
      throw new TellurionError(
        "INVALID_ARGUMENT",
        `topic=${quoted(topic)} is not valid; valid keys are 1 to 64 of a-z, 0-9 and _ . : -`,
      );
    }
  }

  /** Throws SCOPE_MISSING for a topic that somebody may not hear of. */
  checkReader(topic: string, reader: Identity): void {
    const missing = this.#missing(topic, reader);
    if (missing !== undefined) throw scopeMissing(`topic=${quoted(topic)}`, missing, reader);
  }

  /** Throws SCOPE_MISSING for somebody who may not look around. */
  checkLooker(reader: Identity): void {
    if (!mayLook(reader)) throw scopeMissing("an area", areaScope, reader);
  }

  /** Those of the topics that somebody may not hear of. */
  closedTo(reader: Identity, topics: Iterable<string>): string[] {
    return [...topics].filter((topic) => this.#missing(topic, reader) !== undefined);
  }

  #missing(topic: string, reader: Identity): string | undefined {
    const needed = this.#scopes.get(firstPart(topic)) ?? [];
    return [...needed].find((scope) => !hasScope(reader, scope));
  }

  /** Numbers of the events whose topics have one of these first parts. */
  eventsOf(firstParts: Iterable<string>): number[] {
    const wanted = new Set(firstParts);
    return this.#events.filter((event) => wanted.has(event.topic)).map((event) => event.number);
  }
}

export function mayLook(reader: Identity): boolean {
  return hasScope(reader, areaScope);
}

/** An event is read by those who may read what the service does that stands in the same file. */
function scopeOf({ desc }: EventEntry): string {
  const methods = desc.file.services.flatMap((service) => service.methods);
  const [scope = areaScope] = methods.map((method) => getOption(method, call).scope);
  return `${scope.split(":", 1)}:read`;
}

function scopeMissing(what: string, scope: string, { scopes }: Identity): TellurionError {
  const has = scopes.join(" ") || "none";
  return new TellurionError(
    "SCOPE_MISSING",
    `${what} needs the scope ${scope}; the token has ${has}`,
  );
}
