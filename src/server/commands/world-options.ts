import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type WorldOptions, workersMax } from "../../runtime/host.ts";
import { TellurionError } from "../../runtime/index.ts";
import { quoted } from "../calls.ts";
import { Services, serviceNames } from "../split/services.ts";
import { loadWorldPack, type WorldPack } from "../world-pack.ts";
import { integer, type Option, type OptionValues, text } from "./options.ts";

const worldsFolder = fileURLToPath(new URL("../../../worlds/", import.meta.url));
/** The kinds of actor of all worlds. */
export const actorsModule = new URL("../../actors/index.ts", import.meta.url);

/** Leaves one processor to the main thread, which serves the clients. */
const workersDefault = Math.min(workersMax, Math.max(1, availableParallelism() - 1));

const seedDefault = 1;
const tickHzDefault = 60;

const services: Option<Services | undefined> = {
  placeholder: "NAMES",
  about:
    "runs these services of the world only, like weather,time; the bridge joins them to others",
  default: undefined,
  defaultText: "all",
  valid: `names with commas between them: ${serviceNames.join(", ")}`,
  read: (value) => (value === "" ? undefined : Services.read(value)),
};

/** The options of every command that runs a world. */
export const worldOptions = {
  world: text("NAME", "a folder of worlds/, or the path of another one", "sample"),
  seed: {
    ...integer("SEED", "from which all chance follows", {
      default: undefined,
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
    }),
    defaultText: `${seedDefault}`,
  },
  workers: integer("N", "threads that run actors", {
    default: workersDefault,
    min: 1,
    max: workersMax,
  }),
  "tick-hz": {
    ...integer("HZ", "frames in a second of world time", { default: undefined, min: 1, max: 240 }),
    defaultText: `${tickHzDefault}`,
  },
  services,
};

type AllValues = OptionValues<typeof worldOptions>;
type WorldValues = Omit<AllValues, "services"> & Partial<Pick<AllValues, "services">>;

/**
 * What the runtime needs to start the world that the options name. Throws INVALID_OPTION and
 * INVALID_WORLD_PACK.
 */
export async function readWorld(options: WorldValues): Promise<WorldOptions> {
  const { name, bootstrap } = await readPack(options);
  const { seed = seedDefault, workers, "tick-hz": tickHz = tickHzDefault } = options;
  return { name, seed, workers, tickHz, actorsModule, bootstrap };
}

/**
 * The pack that the options name, as far as the services go that are to run. Throws INVALID_OPTION and INVALID_WORLD_PACK.
 */
export async function readPack({
  world,
  services: wanted,
}: Pick<WorldValues, "world" | "services">): Promise<WorldPack> {
  const pack = await loadWorldPack(await folderOf(world));
  return wanted ? { ...pack, bootstrap: wanted.beginning(pack.bootstrap) } : pack;
}

/** The folder of a world that is named by an option or an operand. Throws INVALID_OPTION. */
export async function folderOf(world: string, option = "--world"): Promise<string> {
  const isPath = isAbsolute(world) || /[./\\]/.test(world);
  if (isPath) return resolve(world);
  const known = await worldNames();
  if (known.includes(world)) return join(worldsFolder, world);
  throw new TellurionError(
    "INVALID_OPTION",
    `${option}=${quoted(world)} is not known; valid are ${known.join(", ")}, ` +
      "or a path like ./my-world",
  );
}

async function worldNames(): Promise<string[]> {
  const names = await readdir(worldsFolder);
  return names.filter((name) => existsSync(join(worldsFolder, name, "world.json"))).sort();
}
