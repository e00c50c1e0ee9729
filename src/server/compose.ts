import {
  type PublishedFrame,
  startWorld,
  storedWorldAt,
  type World,
  type WorldOptions,
} from "../runtime/host.ts";
import { SessionStore } from "./gateway/session-store.ts";
import { type RunningServer, type SurroundOptions, surround } from "./running-server.ts";

export interface ServerConfig extends SurroundOptions {
  readonly world: WorldOptions;
  /** Beside the world's file: keeps sessions over a restart. Undefined: they end with the process. */
  readonly sessionFile?: string | undefined;
}

/** The composition root: starts a world and everything around it. */
export async function serve(config: ServerConfig): Promise<RunningServer> {
  const sessions = openSessions(config);
  const listener = sessions && {
    ...{ topics: sessions.topics, heardThrough: sessions.heardThrough },
    hear: (frame: PublishedFrame) => sessions.hear(frame),
  };
  let world: World | undefined;
  try {
    world = await startWorld({ ...config.world, ...(listener && { listener }) });
    return await surround(world, { ...config, sessions });
  } catch (error) {
    await world?.stop();
    sessions?.close();
    throw error;
  }
}

function openSessions({ sessionFile, world, limits }: ServerConfig): SessionStore | undefined {
  if (sessionFile === undefined || world.file === undefined) return undefined;
  const stored = storedWorldAt(world.file);
  const progress = stored && { worldId: stored.identity.id, reached: stored.reached };
  return SessionStore.open(sessionFile, progress, limits.reliableLogBytesMax);
}
