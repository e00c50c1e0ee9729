import type { DescFile } from "@bufbuild/protobuf";
import type { Bootstrap, Catalogue } from "../../runtime/host.ts";
import { parseAddress, TellurionError } from "../../runtime/index.ts";
import { quoted } from "../calls.ts";

/** Kinds of actor by their service. Its messages, events and methods are in the schema's file of its name. */
const kindsOf = {
  clock: ["clock"],
  weather: ["weather", "sky"],
  world: ["world"],
  npc: ["npc"],
  quest: ["quest"],
  storyteller: ["storyteller"],
  story: ["story"],
  traces: ["traces"],
  language: ["language"],
} as const satisfies Record<string, readonly string[]>;

export type ServiceName = keyof typeof kindsOf;

export const serviceNames = Object.keys(kindsOf) as readonly ServiceName[];

/** Files of the schema that services share, and which. */
const shared: Readonly<Record<string, readonly ServiceName[]>> = { entities: ["world", "npc"] };

const otherNames: Readonly<Record<string, ServiceName>> = { time: "clock" };
/** Joins parts: it is in all of them. */
const bridgeName = "bridge";

/** Services of a world that one process runs; others run in other processes, and the bridge joins them. */
export class Services {
  readonly names: readonly ServiceName[];

  constructor(names: Iterable<ServiceName>) {
    const wanted = new Set(names);
    this.names = serviceNames.filter((name) => wanted.has(name));
  }

  /** Those that a text like `weather,time` lists. Throws INVALID_OPTION. */
  static read(text: string): Services {
    return new Services(text.split(",").map((name) => serviceNamed(name.trim())));
  }

  /** What the actors of these services are told first. */
  beginning(bootstrap: readonly Bootstrap[]): Bootstrap[] {
    const kinds = new Set<string>(this.names.flatMap((name) => kindsOf[name]));
    return bootstrap.filter(({ address }) => kinds.has(parseAddress(address).kind));
  }

  /** Of the schema, what these services publish and answer. */
  catalogue(whole: Catalogue): Catalogue {
    const methods = whole.methods.filter(({ desc }) => this.#declare(desc.parent.file));
    const events = whole.events.filter(({ desc }) => this.#declare(desc.file));
    const services = whole.services.filter(({ file }) => this.#declare(file));
    const methodByName: Catalogue["methodByName"] = (name) => {
      const method = whole.methodByName(name);
      if (method && !this.#declare(method.desc.parent.file)) throw this.#elsewhere(name);
      return method;
    };
    return { ...whole, methods, events, services, methodByName };
  }

  #declare({ name: path }: DescFile): boolean {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const owners: readonly string[] = shared[name] ?? [name];
    return name === bridgeName || this.names.some((here) => owners.includes(here));
  }

  #elsewhere(method: string): TellurionError {
    return new TellurionError(
      "UNIMPLEMENTED",
      `method=${quoted(method)} is answered by another part of the world; ` +
        `valid are methods of ${[...this.names, bridgeName].join(", ")}`,
    );
  }
}

function serviceNamed(name: string): ServiceName {
  const found = serviceNames.find((known) => known === name) ?? otherNames[name];
  if (found !== undefined) return found;
  throw new TellurionError(
    "INVALID_OPTION",
    `--services=${quoted(name)} is not known; valid are ${serviceNames.join(", ")}, with commas between them`,
  );
}
