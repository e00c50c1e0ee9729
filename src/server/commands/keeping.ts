import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { inMemory, type StoredWorld, storedWorldAt } from "../../runtime/host.ts";
import { TellurionError } from "../../runtime/index.ts";
import { messageOf, quoted } from "../calls.ts";
import { flag, type Option, type OptionValues, text } from "./options.ts";

const dataDefault = "data";

const data: Option<string | undefined> = {
  ...text("DIR", "keeps the world in DIR/NAME.tellurion, and goes on from there", ""),
  default: undefined,
  defaultText: dataDefault,
};

/** The options that say where a world is kept. */
export const keepingOptions = {
  data,
  memory: flag("keeps the world in memory only: it ends with the server"),
};

/** Where a world is kept. */
export interface Keeping {
  /** As in WorldOptions. */
  readonly file: string;
  /** Undefined: in memory. */
  readonly folder: string | undefined;
  /** What is there already. Undefined: the world is new. */
  readonly stored: StoredWorld | undefined;
}

/**
 * Looks for a world where the options say it is kept, and makes the folder where there is none. Throws INVALID_OPTION
 * when that cannot be, and what is wrong with the file: WORLD_FILE_IN_USE, WORLD_FILE_INVALID, WORLD_FILE_TOO_NEW.
 */
export function keepingOf(
  name: string,
  { data: given, memory }: OptionValues<typeof keepingOptions>,
): Keeping {
  if (memory && given !== undefined) {
    const text = `--data=${quoted(given)} is not valid with --memory; valid is one of the two`;
    throw new TellurionError("INVALID_OPTION", text);
  }
  const folder = given ?? dataDefault;
  if (memory) return { file: inMemory, folder: undefined, stored: undefined };
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new TellurionError(
      "INVALID_OPTION",
      `--data=${quoted(folder)} cannot be made (${messageOf(error)}); ` +
        "valid are folders that this process may write, or --memory instead",
    );
  }
  const file = join(folder, `${name}.tellurion`);
  return { file, folder, stored: storedWorldAt(file) };
}
