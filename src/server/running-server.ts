import { setTimeout as delay } from "node:timers/promises";
import type { World } from "../runtime/host.ts";
import type { TellurionError } from "../runtime/index.ts";
import type { WorldBridge } from "./bridge/world-bridge.ts";
import { reportDeadLetters } from "./dead-letter-report.ts";
import { type Edge, type EdgeOptions, openEdge } from "./edge.ts";
import { FlightReport } from "./flight-report.ts";
import { EmbeddedMetrics } from "./metrics/embedded-metrics.ts";
import { PackReload, type ReloadOptions } from "./reload/pack-reload.ts";

/** A world and its edge, running. */
export interface RunningServer {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  readonly world: World;
  /** Resolves when the world fails. */
  readonly failed: Promise<TellurionError>;
  /** Reads the world's pack again and writes to the log what came of it. */
  readonly reload: () => Promise<void>;
  /** Stops in an orderly way, within the limit `stopTimeoutMs`, and within `bridgeDrainMs` more with a bridge. */
  close(): Promise<void>;
}

export interface SurroundOptions extends EdgeOptions {
  /** Where it is written what led to trouble in the world. Undefined: nowhere. */
  readonly flightFolder?: string | undefined;
  readonly bridge?: WorldBridge | undefined;
  /** Writes a line of metrics for CloudWatch. Undefined: there are none. */
  readonly printMetrics?: ((line: string) => void) | undefined;
  /** The world's pack, to be read again. */
  readonly pack?: Pick<ReloadOptions, "load" | "told">;
}

/** Puts the edge around a world that runs. */
export async function surround(world: World, options: SurroundOptions): Promise<RunningServer> {
  const { log, limits } = options;
  world.onLog(({ level, frame, address, text }) =>
    log.write(level, `frame ${frame} ${address ?? "world"}: ${text}`),
  );
  world.onDeadLetter(reportDeadLetters(log));
  const flights = new FlightReport(world.name, options.flightFolder, log);
  world.onFlight((dump) => flights.note(dump));
  const failed = new Promise<TellurionError>((resolve) => world.onFailure(resolve));
  const { callTimeoutMs } = limits;
  const packReload = options.pack && new PackReload(world, { ...options.pack, callTimeoutMs, log });
  const edge = await openEdge(world, { ...options, packReload });
  const { printMetrics, bridge } = options;
  const gateway = () => edge.gateway.counters;
  const sources = { world, gateway, bridge: bridge && (() => bridge.counters) };
  const metrics = printMetrics && new EmbeddedMetrics(sources, printMetrics);
  void failed.then((error) => edge.gateway.closeAll("WORLD_FAILED", error.message));
  let closing: Promise<void> | undefined;
  return {
    url: edge.url,
    world,
    failed,
    reload: async () => packReload?.reloadAndLog(),
    close() {
      metrics?.stop();
      closing ??= Promise.race([
        closeAll(world, edge, flights),
        delay(limits.stopTimeoutMs, undefined, { ref: false }),
      ]).then(() => options.bridge?.close(limits.bridgeDrainMs));
      return closing;
    },
  };
}

/** Clients first, so that they hear of it; then the world, which ends open calls; then the port. */
async function closeAll(world: World, edge: Edge, flights: FlightReport): Promise<void> {
  await edge.closeClients();
  await world.stop();
  await flights.settled();
  await edge.close();
}
