import { Bridge } from "../../bridges/bridge.ts";
import type { CallOutcome, RemoteCall } from "../../bridges/call-port.ts";
import type { BridgeConfiguration } from "../../bridges/configuration.ts";
import type { BridgeCounters } from "../../bridges/counters.ts";
import type { TracingOptions } from "../../bridges/tracing/tracing.ts";
import { type Catalogue, schemaHash, type World, type WorldOptions } from "../../runtime/host.ts";
import { TellurionError } from "../../runtime/index.ts";
import {
  asTellurionError,
  callWorld,
  methodNamed,
  requestOfBytes,
  requestOfJson,
} from "../calls.ts";
import type { Log } from "../log.ts";
import { bridgeProblem } from "./bridge-problem.ts";

/** A stop that takes longer says what it waits for. */
const quietMs = 500;

/** How a world is joined to remote services. */
export interface BridgeConfig {
  readonly configuration: BridgeConfiguration;
  /** What the world's actors declare. */
  readonly catalogue: Catalogue;
  /** Where packs wait. Undefined: in memory, like the world. */
  readonly outboxPath: string | undefined;
  readonly newEpoch?: boolean;
  readonly trace?: Omit<TracingOptions, "world">;
}

/** A bridge and the world that it belongs to: the bridge is there first, since the world feeds it from its first frame. */
export class WorldBridge {
  readonly #bridge: Bridge;
  readonly #calls: WorldCalls;
  readonly #log: Log;
  /** Packs that are left go out when the server is started again. */
  readonly #isKept: boolean;

  private constructor(bridge: Bridge, calls: WorldCalls, log: Log, isKept: boolean) {
    this.#bridge = bridge;
    this.#calls = calls;
    this.#log = log;
    this.#isKept = isKept;
  }

  /** Rejects like `Bridge.start`. */
  static async open(
    { configuration, catalogue, outboxPath, newEpoch = false, trace }: BridgeConfig,
    worldName: string,
    log: Log,
  ): Promise<WorldBridge> {
    const calls = new WorldCalls();
    const bridge = await Bridge.start({
      ...{ configuration, worldName, outboxPath, newEpoch },
      events: catalogue.events,
      schemaHash: schemaHash(catalogue.files),
      call: (command) => calls.carryOut(command),
      log: (level, text) => log.write(level, text),
      failed: ({ message }) =>
        log.write(
          "error",
          `${message}; nothing goes out and no command comes in until the server is started anew: then the world makes ` +
            "its events again, as far as its journal goes back (--history)",
        ),
      ...(trace && { trace }),
    });
    return new WorldBridge(bridge, calls, log, outboxPath !== undefined);
  }

  /** For the world's options. */
  get feed(): Pick<WorldOptions, "feed"> {
    const { feed } = this.#bridge;
    return feed ? { feed } : {};
  }

  get counters(): BridgeCounters {
    return this.#bridge.counters();
  }

  /** What keeps it from its work. Undefined: nothing does. */
  get problem(): string | undefined {
    return bridgeProblem(this.counters);
  }

  /** The world takes calls from now on. */
  serve(world: World): void {
    this.#calls.world = world;
  }

  /** After the world has stopped: sends what it can in the time, and closes the outbox with what is left. */
  async close(drainMs: number): Promise<void> {
    const slow = setTimeout(() => {
      this.#log.info(`bridge: waits up to ${drainMs} ms for events to go out`);
    }, quietMs);
    await this.#bridge.drain(drainMs);
    clearTimeout(slow);
    const { outboxPacks } = this.counters;
    if (outboxPacks > 0) {
      const packs = outboxPacks === 1 ? "one pack of events" : `${outboxPacks} packs of events`;
      const fate = this.#isKept
        ? "they wait in the outbox, and go out when the server is started again"
        : "they end with the process, for the world has no file";
      this.#log.warn(`bridge: ${packs} did not go out in ${drainMs} ms; ${fate}`);
    }
    await this.#bridge.close();
  }
}

/** Carries out what remote services ask of a world. */
class WorldCalls {
  world: World | undefined;

  async carryOut(command: RemoteCall): Promise<CallOutcome> {
    try {
      await this.#call(command);
      return { ok: true };
    } catch (error) {
      const { code, message } = asTellurionError(error);
      return { ok: false, code, text: message };
    }
  }

  async #call({ method: name, payload, idempotencyKey, timeoutMs }: RemoteCall): Promise<void> {
    const { world } = this;
    if (!world) throw new TellurionError("UNAVAILABLE", "the world has not begun yet");
    const method = methodNamed(world.catalogue, name);
    const request =
      payload && "json" in payload
        ? requestOfJson(method, payload.json)
        : requestOfBytes(method, payload?.message ?? new Uint8Array());
    await callWorld(world, method, request, { timeoutMs, idempotencyKey });
  }
}
