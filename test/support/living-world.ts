import { fileURLToPath } from "node:url";
import { actors } from "../../src/actors/index.ts";
import { type ConfigureClock, ConfigureClockSchema } from "../../src/gen/tellurion/v1/clock_pb.ts";
import { type ConfigureNpcs, ConfigureNpcsSchema } from "../../src/gen/tellurion/v1/npc_pb.ts";
import {
  type ConfigureStoryteller,
  ConfigureStorytellerSchema,
  type LookAheadRequest,
  LookAheadRequestSchema,
  LookAheadResultSchema,
} from "../../src/gen/tellurion/v1/storyteller_pb.ts";
import type { Bootstrap } from "../../src/runtime/host.ts";
import {
  createTestWorld,
  type RecordedEvent,
  type TestWorld,
} from "../../src/runtime/testkit/index.ts";
import { exploration } from "../../src/server/look-ahead/exploration.ts";
import { loadWorldPack } from "../../src/server/world-pack.ts";
import { ScriptedPlayer } from "./scripted-player.ts";

const sample = fileURLToPath(new URL("../../worlds/sample", import.meta.url));
/** Frames of a game minute: as few as can be, so that a month of the world takes a minute or two. */
const tickHz = 20;
const minuteMs = 60_000;

export interface LivingWorldOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Default 1. */
  readonly workers?: number;
  /** Players, each in a region of its own as far as there are any. Default 0. */
  readonly players?: number;
  /** The storyteller looks ahead. Default: false. */
  readonly lookAhead?: boolean;
  /** Share of the pack's NPCs, from 0 to 1. Default: 1. */
  readonly npcs?: number;
}

/** The sample world with scripted players, a game minute in each frame. */
export class LivingWorld {
  readonly world: TestWorld;
  readonly players: readonly ScriptedPlayer[];
  /** Look-aheads that were carried out. */
  lookAheads = 0;
  readonly #lookAhead: boolean;
  readonly #listeners: ((event: RecordedEvent) => void)[] = [];

  private constructor(world: TestWorld, players: readonly ScriptedPlayer[], lookAhead: boolean) {
    this.world = world;
    this.players = players;
    this.#lookAhead = lookAhead;
  }

  static async create(options: LivingWorldOptions = {}): Promise<LivingWorld> {
    const { seed = 1, workers = 1, players = 0, lookAhead = false, npcs = 1 } = options;
    loaded ??= loadWorldPack(sample);
    const pack = await loaded;
    const bootstrap = pack.bootstrap.map((entry) => adapted(entry, lookAhead, npcs));
    const world = createTestWorld({ actors, bootstrap, seed, workers, tickHz, checks: false });
    const regions = bootstrap
      .map(({ address }) => address)
      .filter((address) => address.startsWith("weather/"))
      .map((address) => address.slice("weather/".length));
    const scripted = Array.from(
      { length: players },
      (_, n) => new ScriptedPlayer(world, `player-${n}`, seed * 1_000 + n),
    );
    world.step(2);
    for (const [n, player] of scripted.entries())
      player.enter(regions[n % regions.length] as string);
    world.step();
    return new LivingWorld(world, scripted, lookAhead);
  }

  /** Hears each event from now on. */
  onEvent(listener: (event: RecordedEvent) => void): void {
    this.#listeners.push(listener);
  }

  /** Lives through game minutes. */
  live(minutes: number): void {
    for (let minute = 0; minute < minutes; minute += 1) {
      for (const player of this.players) player.act();
      this.world.step();
      this.#hear();
      this.#lookAround();
    }
  }

  #hear(): void {
    const events = this.world.events.splice(0);
    for (const event of events) for (const listener of this.#listeners) listener(event);
  }

  /** Does at once what a thread does in the background: what comes of it is the same each time. */
  #lookAround(): void {
    for (const effect of this.world.effects.splice(0)) {
      if (effect.type !== LookAheadRequestSchema || !this.#lookAhead) continue;
      const request = effect.request as LookAheadRequest;
      const result = exploration.explore(this.world.branch(), request);
      this.world.settle(effect, LookAheadResultSchema, result as never);
      this.lookAheads += 1;
    }
  }
}

/** Read once for all worlds of a process. */
let loaded: ReturnType<typeof loadWorldPack> | undefined;

/** A part of a pack's beginning, for a world in which a frame is a game minute. */
function adapted(entry: Bootstrap, lookAhead: boolean, npcs: number): Bootstrap {
  if (entry.type === ConfigureClockSchema) {
    const message = entry.message as ConfigureClock;
    return { ...entry, message: { ...message, scale: (minuteMs * tickHz) / 1_000 } as never };
  }
  if (entry.type === ConfigureStorytellerSchema) {
    return {
      ...entry,
      message: { ...(entry.message as ConfigureStoryteller), lookAhead } as never,
    };
  }
  if (entry.type === ConfigureNpcsSchema) {
    const message = entry.message as ConfigureNpcs;
    const population = message.population.map((part) => ({
      ...part,
      count: Math.ceil(part.count * npcs),
    }));
    const count = population.reduce((sum, part) => sum + part.count, 0);
    const names = message.names.slice(0, count);
    return { ...entry, message: { ...message, population, names } as never };
  }
  return entry;
}
