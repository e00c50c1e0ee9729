import { startWorld, type WorldOptions } from "../runtime/index.ts";
import type { EdgeOptions } from "./edge.ts";
import { type RunningServer, surround } from "./running-server.ts";

export interface ServerConfig extends EdgeOptions {
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
