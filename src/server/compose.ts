import { startWorld, type WorldOptions } from "../runtime/host.ts";
import { type RunningServer, type SurroundOptions, surround } from "./running-server.ts";
import { partOf } from "./split/part-of-world.ts";
import type { Services } from "./split/services.ts";

export interface ServerConfig extends SurroundOptions {
  readonly world: WorldOptions;
  /** Services that this process runs. Undefined: all. */
  readonly services?: Services | undefined;
}

/** The composition root: starts a world and everything around it. */
export async function serve(config: ServerConfig): Promise<RunningServer> {
  const world = await startWorld(config.world);
  try {
    return await surround(config.services ? partOf(world, config.services) : world, config);
  } catch (error) {
    await world.stop();
    throw error;
  }
}
