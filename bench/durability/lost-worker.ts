import { join } from "node:path";
import { startWorld, type World } from "../../src/runtime/host.ts";
import { LedgerService } from "../../test/gen/tellurion/test/v1/ledger_pb.ts";
import { bootstrap } from "../../test/support/ledger-world.ts";
import { workerThread } from "../../test/support/thread-watch.ts";
import { check, type Effort } from "../table.ts";
import { call } from "../world-calls.ts";
import { inFolder } from "./folder.ts";
import { accountOf } from "./world-file.ts";

const worldsMax = 2;
/** A world takes eight losses in a minute. */
const killsPerWorld = 6;
const clients = 50;
const weatherNumber = 1;
const workers = 2;

/** Half of the pauses were shorter, and the longest. */
export async function measureLostWorker({ scale }: Effort): Promise<readonly number[]> {
  const pauses: number[] = [];
  const worlds = Math.ceil(worldsMax * scale);
  const kills = Math.ceil(killsPerWorld * scale);
  for (let n = 0; n < worlds; n += 1) {
    await inFolder(async (folder) => {
      pauses.push(...(await killWorkers(join(folder, "world.db"), kills)));
    });
  }
  pauses.sort((a, b) => a - b);
  return [pauses[pauses.length >> 1] as number, pauses.at(-1) as number];
}

/** Ends threads of a world under load, each in its turn, and returns how long listeners heard nothing then. */
async function killWorkers(file: string, kills: number): Promise<number[]> {
  const actorsModule = new URL("./actors.ts", import.meta.url);
  const options = { name: "ledger", seed: 1, workers, tickHz: 60, actorsModule, bootstrap };
  const world = await startWorld({ ...options, file });
  try {
    const silence = new Silence(world);
    const load = new Load(world);
    const pauses: number[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      await load.answered(4 * clients);
      void workerThread(kill % workers).terminate();
      pauses.push(await silence.untilRestored());
    }
    await load.stop();
    return pauses;
  } finally {
    await world.stop();
  }
}

/** Hears the events of each frame: under load, every frame has some. */
class Silence {
  #heardAt = 0;
  #longest = 0;
  #restored: (() => void) | undefined;
  #goesOn = false;

  constructor(world: World) {
    world.onFrame(({ lost }) => {
      check(lost === 0, `${lost} events found no room`);
      this.#note();
      if (this.#goesOn) this.#restored?.();
    });
    world.onLog(({ text }) => {
      if (text.startsWith("the world goes on")) this.#goesOn = true;
    });
    world.listenTo([weatherNumber]);
  }

  /** The longest time, in ms, from now or an event to the next event, until the world goes on and is heard. */
  async untilRestored(): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#goesOn = false;
    this.#longest = 0;
    this.#heardAt = performance.now();
    this.#restored = resolve;
    await promise;
    this.#restored = undefined;
    return this.#longest;
  }

  #note(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#heardAt);
    this.#heardAt = now;
  }
}

/** Clients that record one after another. None of them may be refused, and all that they record must be there once. */
class Load {
  readonly #world: World;
  readonly #clients: readonly Promise<void>[];
  #stopping = false;
  #count = 0;
  #awaited: { readonly count: number; readonly resolve: () => void } | undefined;

  constructor(world: World) {
    this.#world = world;
    this.#clients = Array.from({ length: clients }, (_, client) => this.#run(client));
    for (const client of this.#clients) client.catch(() => {});
  }

  /** Resolves when so many more commands have been answered. */
  async answered(more: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awaited = { count: this.#count + more, resolve };
    await Promise.race([promise, Promise.all(this.#clients)]);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#clients);
    const { getAccount } = LedgerService.method;
    const ids: string[] = [];
    for (const account of new Set(Array.from({ length: clients }, (_, n) => accountOf(n)))) {
      const { entries } = await call(this.#world, account, getAccount, { account });
      ids.push(...entries.map(({ id }) => id));
    }
    check(ids.length === this.#count, `${ids.length} of ${this.#count} records are there`);
    check(new Set(ids).size === ids.length, "a record is there twice");
  }

  async #run(client: number): Promise<void> {
    const { record } = LedgerService.method;
    const account = accountOf(client);
    for (let n = 0; !this.#stopping; n += 1) {
      await call(this.#world, account, record, { account, id: `${client}-${n}`, amount: 1n });
      this.#count += 1;
      if (this.#count >= (this.#awaited?.count ?? Number.POSITIVE_INFINITY)) {
        this.#awaited?.resolve();
      }
    }
  }
}
