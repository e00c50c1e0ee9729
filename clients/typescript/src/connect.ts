import { type Environment, realEnvironment } from "./environment.ts";
import { TellurionError } from "./errors.ts";
import { type ConnectOptions, settingsOf } from "./options.ts";
import { World } from "./world.ts";

/** Connects to a world, and resolves when the server has welcomed the client. Rejects with a TellurionError. */
export function connect(options: ConnectOptions): Promise<World> {
  return connectIn(realEnvironment(options.WebSocket), options);
}

/** The same where time, chance and network are given. */
export async function connectIn(environment: Environment, options: ConnectOptions): Promise<World> {
  const settings = settingsOf(options);
  const world = new World(settings, environment);
  const { connectTimeoutMs, url } = settings;
  const joined = Promise.withResolvers<World>();
  let why = "";
  let cancel: (() => void) | undefined;
  const giveUp = () => {
    const text = `no world welcomed the client at ${url} within ${connectTimeoutMs} ms${why}`;
    joined.reject(new TellurionError("UNAVAILABLE", text));
    world.close();
  };
  const listening = world.on("status", ({ status, error }) => {
    if (error) why = `: ${error.message}`;
    if (status === "online") joined.resolve(world);
    if (status === "closed") {
      joined.reject(error ?? new TellurionError("UNAVAILABLE", "the world was closed"));
    }
    // In the server's queue, the server says how long it takes.
    if (status === "waiting") {
      cancel?.();
      cancel = undefined;
    } else cancel ??= environment.after(connectTimeoutMs, giveUp);
  });
  world.open();
  try {
    return await joined.promise;
  } finally {
    cancel?.();
    listening.cancel();
  }
}
