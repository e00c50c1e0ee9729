import { startWorld, type World, type WorldOptions } from "../runtime/host.ts";
import { type BridgeConfig, WorldBridge } from "./bridge/world-bridge.ts";
import { type RunningServer, type SurroundOptions, surround } from "./running-server.ts";
import { partOf } from "./split/part-of-world.ts";
import type { Services } from "./split/services.ts";

export interface ServerConfig extends SurroundOptions {
  readonly world: WorldOptions;
  /** Services that this process runs. Undefined: all. */
  readonly services?: Services | undefined;
  /** Undefined: the world is joined to nothing, and nothing of a bridge is loaded. */
  readonly bridgeConfig?: BridgeConfig | undefined;
}

/** The composition root: starts a world and everything around it. */
export async function serve(config: ServerConfig): Promise<RunningServer> {
  const { bridgeConfig, services, log, limits } = config;
  const bridge = bridgeConfig && (await WorldBridge.open(bridgeConfig, config.world.name, log));
  let world: World | undefined;
  try {
    world = await startWorld({ ...config.world, ...bridge?.feed });
    bridge?.serve(world);
    return await surround(services ? partOf(world, services) : world, { ...config, bridge });
  } catch (error) {
    await world?.stop();
    await bridge?.close(limits.bridgeDrainMs);
    throw error;
  }
}
