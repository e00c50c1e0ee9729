import {
  type FirstListener,
  startWorld,
  storedWorldAt,
  type World,
  type WorldOptions,
} from "../runtime/host.ts";
import { type BridgeConfig, WorldBridge } from "./bridge/world-bridge.ts";
import { SessionStore } from "./gateway/session-store.ts";
import { type RunningServer, type SurroundOptions, surround } from "./running-server.ts";
import { partOf } from "./split/part-of-world.ts";
import type { Services } from "./split/services.ts";

export interface ServerConfig extends SurroundOptions {
  readonly world: WorldOptions;
  /** Services that this process runs. Undefined: all. */
  readonly services?: Services | undefined;
  /** Undefined: the world is joined to nothing, and nothing of a bridge is loaded. */
  readonly bridgeConfig?: BridgeConfig | undefined;
  /** Beside the world's file: keeps sessions over a restart. Undefined: they end with the process. */
  readonly sessionFile?: string | undefined;
}

/** The composition root: starts a world and everything around it. */
export async function serve(config: ServerConfig): Promise<RunningServer> {
  const { bridgeConfig, services, log, limits } = config;
  const bridge = bridgeConfig && (await WorldBridge.open(bridgeConfig, config.world.name, log));
  let sessions: SessionStore | undefined;
  let world: World | undefined;
  try {
    sessions = openSessions(config);
    const listener = sessions && listenerOf(sessions);
    world = await startWorld({ ...config.world, ...bridge?.feed, ...(listener && { listener }) });
    const part = services ? partOf(world, services) : world;
    bridge?.serve(part);
    return await surround(part, { ...config, bridge, sessions });
  } catch (error) {
    await world?.stop();
    sessions?.close();
    await bridge?.close(limits.bridgeDrainMs);
    throw error;
  }
}

function listenerOf(sessions: SessionStore): FirstListener {
  const { topics, heardThrough } = sessions;
  return { topics, heardThrough, hear: (frame) => sessions.hear(frame) };
}

function openSessions({ sessionFile, world, limits }: ServerConfig): SessionStore | undefined {
  if (sessionFile === undefined || world.file === undefined) return undefined;
  const stored = storedWorldAt(world.file);
  const progress = stored && { worldId: stored.identity.id, reached: stored.reached };
  return SessionStore.open(sessionFile, progress, limits.reliableLogBytesMax);
}
