import { ConfigureLanguageSchema, type LanguageState } from "../../gen/tellurion/v1/language_pb.ts";
import { codecOf, Rejection } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";
import type { Catalogue } from "./catalogue.ts";
import { checkConfiguration } from "./configuration.ts";
import type { ConfigureLanguage } from "./definition.ts";
import { hash32 } from "./seeded.ts";
import type { Tongue } from "./tongue.ts";

export type State = Plain<LanguageState>;

/** All that follows from a configuration. */
export interface Compiled {
  readonly configuration: ConfigureLanguage;
  readonly tongue: Tongue;
  readonly catalogues: readonly Catalogue[];
  readonly regions: ReadonlySet<string>;
  readonly inscriptions: ReadonlyMap<string, readonly string[]>;
  /** Places of concepts in what listeners have heard. */
  readonly indices: ReadonlyMap<string, number>;
}

const keptMax = 64;

/**
 * What was compiled, by digest. A query finds a copy of the state, so that what is derived cannot be kept by the state's
 * object; it is a function of the configuration alone, and the same whether it was kept or made anew.
 */
const kept = new Map<string, Compiled>();

/** Checks and compiles a configuration, and puts it into the state. Throws a Rejection before anything is changed. */
export function configure(state: State, configuration: ConfigureLanguage, path: string): void {
  const bytes = codecOf(ConfigureLanguageSchema).toBytes(configuration);
  const digest = digestOf(bytes);
  const compiled = kept.get(digest) ?? compile(configuration, path);
  state.configuration = bytes;
  state.digest = digest;
  keep(digest, compiled);
}

/** What follows from the configuration of a state. Throws a Rejection when it has none. */
export function compiledOf({ configuration, digest }: State): Compiled {
  if (digest === "") {
    throw new Rejection("FAILED_PRECONDITION", "this language has not been configured yet");
  }
  const found = kept.get(digest);
  if (found !== undefined) return found;
  const compiled = compile(codecOf(ConfigureLanguageSchema).decode(configuration));
  keep(digest, compiled);
  return compiled;
}

function compile(configuration: ConfigureLanguage, path = ""): Compiled {
  const { tongue, catalogues } = checkConfiguration(configuration, path);
  const { concepts, regions, inscriptions } = configuration;
  return {
    ...{ configuration, tongue, catalogues },
    regions: new Set(regions),
    inscriptions: new Map(inscriptions.map(({ kind, concepts: said }) => [kind, said])),
    indices: new Map(concepts.map((concept, i) => [concept, i])),
  };
}

function keep(digest: string, compiled: Compiled): void {
  kept.delete(digest);
  kept.set(digest, compiled);
  if (kept.size <= keptMax) return;
  const [oldest] = kept.keys();
  if (oldest !== undefined) kept.delete(oldest);
}

/** 128 bits of a hash, and the length. */
function digestOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  const words = [1, 2, 3, 4].map((seed) => (hash32(text, seed * 0x9e3779b1) >>> 0).toString(16));
  return `${words.map((word) => word.padStart(8, "0")).join("")}-${bytes.length}`;
}
