import { startWorld, type WorldOptions } from "../runtime/host.ts";
import { type RunningServer, type SurroundOptions, surround } from "./running-server.ts";

export interface ServerConfig extends SurroundOptions {
  readonly world: WorldOptions;
}

/** The composition root: starts a world and everything around it. */
export async function serve(config: ServerConfig): Promise<RunningServer> {
  const world = await startWorld(config.world);
  try {
    return await surround(world, config);
  } catch (error) {
    await world.stop();
    throw error;
  }
}
