import { copyFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import {
  defineEffect,
  inMemory,
  startWorld,
  type World,
  type WorldOptions,
} from "../../../src/runtime/host.ts";
import { codecOf, type TellurionError } from "../../../src/runtime/index.ts";
import { CounterService } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { ReceiptIssuedSchema, ReceiptWantedSchema } from "../../gen/tellurion/test/v1/ledger_pb.ts";
import { bootstrap as busyActors } from "../../support/counter-world.ts";
import { readAccount, readPulse, record } from "../../support/ledger-calls.ts";
import { bootstrap as pulses } from "../../support/ledger-world.ts";
import { workerThread } from "../../support/thread-watch.ts";
import { within } from "../../support/within.ts";

/** What an amount makes the counter do. */
const amounts = { neverReturn: 1_002n, exhaustMemory: 1_004n } as const;
const weatherNumber = 1;
const waitMsMax = 20_000;
const running: World[] = [];
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tellurion-recovery-"));
  file = join(folder, "world.db");
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((world) => world.stop()));
  await rm(folder, { recursive: true });
});

const counterWorld: Omit<WorldOptions, "file"> = {
  name: "counters",
  seed: 1,
  workers: 2,
  tickHz: 120,
  actorsModule: new URL("../../support/counter-world.ts", import.meta.url),
  bootstrap: busyActors,
  handlerMsMax: 400,
};

const ledgerWorld: Omit<WorldOptions, "file"> = {
  name: "ledger",
  seed: 1,
  workers: 2,
  tickHz: 120,
  actorsModule: new URL("../../support/ledger-world.ts", import.meta.url),
  bootstrap: pulses,
};

async function start(options: WorldOptions): Promise<World> {
  const world = await startWorld(options);
  running.push(world);
  return world;
}

async function increase(world: World, name: string, amount: bigint): Promise<bigint> {
  const { increase: method } = CounterService.method;
  const entry = world.catalogue.methodByName(`${CounterService.typeName}/${method.name}`);
  if (entry === undefined) throw new Error("this world has no counters");
  const bytes = codecOf(method.input).toBytes({ name, amount });
  const reply = await world.call(entry, name, bytes, { timeoutMs: waitMsMax });
  return codecOf(method.output).decode(reply).total;
}

/** Resolves when the world says something that matches. */
function said(world: World, pattern: RegExp): Promise<string> {
  const line = Promise.withResolvers<string>();
  world.onLog(({ text }) => {
    if (pattern.test(text)) line.resolve(text);
  });
  return within(`${pattern} in the log`, line.promise, waitMsMax);
}

/** Hears the busy actors of the counter world, each of which publishes its frame's number in each frame. */
class Listener {
  readonly #frames: number[] = [];
  readonly #problems: string[] = [];
  #awaited: { readonly frame: number; readonly resolve: () => void } | undefined;

  constructor(world: World) {
    const codec = codecOf(WeatherEventSchema);
    world.onFrame(({ frame, events, lost }) => {
      const texts = events
        .map(({ bytes, start, end }) => codec.decode(bytes, start, end))
        .filter(({ region }) => ["one", "two", "three"].includes(region))
        .map(({ newState }) => newState);
      if (lost > 0) this.#problems.push(`frame ${frame} lost ${lost} events`);
      // The first frame may have begun before anybody listened.
      if (this.#frames.length > 0 && texts.join() !== [frame, frame, frame].join()) {
        this.#problems.push(`frame ${frame} has ${texts.join()}`);
      }
      this.#frames.push(frame);
      if (frame >= (this.#awaited?.frame ?? Number.POSITIVE_INFINITY)) this.#awaited?.resolve();
    });
    world.listenTo([weatherNumber]);
  }

  /** Resolves when a frame has been heard. */
  async hear(frame: number): Promise<void> {
    if ((this.#frames.at(-1) ?? 0) >= frame) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awaited = { frame, resolve };
    await within(`frame ${frame}`, promise, waitMsMax);
  }

  /** What was wrong: frames that are missing, come twice or out of their order, or lack events. */
  get problems(): string[] {
    const frames = this.#frames;
    const breaks = frames.flatMap((frame, i) => {
      const before = frames[i - 1];
      return before === undefined || frame === before + 1 ? [] : [`${before}, then ${frame}`];
    });
    return [...this.#problems, ...breaks];
  }
}

describe("a handler that never returns", () => {
  test("is found, and its message refused; others and listeners notice a pause", async () => {
    const world = await start({ ...counterWorld, file });
    const listener = new Listener(world);
    expect(await increase(world, "a", 5n)).toBe(5n);
    const goesOn = said(world, /^the world goes on after \d+ ms$/);
    const quarantine = said(world, /in quarantine/);
    const stuck = increase(world, "b", amounts.neverReturn).catch((error: TellurionError) => error);
    // Behind the one that is stuck, and beside it.
    const behind = increase(world, "b", 7n);
    const beside = increase(world, "a", 1n);
    expect(await stuck).toMatchObject({ code: "MESSAGE_QUARANTINED" });
    expect(await behind).toBe(7n);
    expect(await beside).toBe(6n);
    expect(await quarantine).toMatch(
      /counter\/b.*Increase.* cost the world a worker in frame \d+: the message is in quarantine/,
    );
    await goesOn;
    await listener.hear(world.frame + 10);
    expect(listener.problems).toEqual([]);
    expect(await increase(world, "b", 1n)).toBe(8n);
  });

  test("is not run again when the world is taken up from what was written before", async () => {
    const world = await start({ ...counterWorld, file });
    const stuck = increase(world, "b", amounts.neverReturn);
    await expect(stuck).rejects.toMatchObject({ code: "MESSAGE_QUARANTINED" });
    expect(await increase(world, "b", 7n)).toBe(7n);
    // Written with it: the increase. An orderly stop would make a snapshot, behind which nothing is run again.
    await committed(world);
    const copy = join(folder, "copy.db");
    for (const suffix of ["", "-wal"]) copyFileSync(file + suffix, copy + suffix);
    const again = await start({ ...counterWorld, file: copy });
    expect(await increase(again, "b", 1n)).toBe(8n);
  });
});

test("a world that is stopped while it is restored stops, also when another handler does not return", async () => {
  const world = await start({ ...counterWorld, file, workers: 1, handlerMsMax: 400 });
  await increase(world, "a", 1n);
  const quarantine = said(world, /in quarantine/);
  const outcomes = ["b", "c"].map((name) =>
    increase(world, name, amounts.neverReturn).catch(({ code }: TellurionError) => code),
  );
  await quarantine;
  await within("the world to stop", world.stop(), waitMsMax);
  for (const code of await Promise.all(outcomes)) {
    expect(["WORLD_STOPPED", "MESSAGE_QUARANTINED"]).toContain(code);
  }
});

/** Resolves when what has happened so far is on the disk. */
async function committed(world: World): Promise<void> {
  const { increase: method } = CounterService.method;
  const entry = world.catalogue.methodByName(`${CounterService.typeName}/${method.name}`);
  if (entry === undefined) throw new Error("this world has no counters");
  const bytes = codecOf(method.input).toBytes({ name: "c", amount: 0n });
  await world.call(entry, "c", bytes, { timeoutMs: waitMsMax, idempotencyKey: "committed" });
}

test("a handler that exhausts its worker's memory is found after the second time", async () => {
  const world = await start({ ...counterWorld, file, workerMemoryMb: 64 });
  const listener = new Listener(world);
  expect(await increase(world, "a", 5n)).toBe(5n);
  const greedy = increase(world, "b", amounts.exhaustMemory);
  await expect(greedy).rejects.toMatchObject({ code: "MESSAGE_QUARANTINED" });
  expect(await increase(world, "a", 1n)).toBe(6n);
  await listener.hear(world.frame + 10);
  expect(listener.problems).toEqual([]);
});

function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe("a worker that is lost", () => {
  test.each([
    ["the conductor's", 0, undefined],
    ["another", 1, undefined],
    ["another, of a world in memory only,", 1, inMemory],
  ])("%s: listeners hear each frame once", async (_which, worker, path) => {
    const world = await start({ ...counterWorld, file: path ?? file });
    const listener = new Listener(world);
    expect(await increase(world, "a", 5n)).toBe(5n);
    await listener.hear(world.frame + 5);
    const goesOn = said(world, /^the world goes on after \d+ ms$/);
    void workerThread(worker).terminate();
    await goesOn;
    await listener.hear(world.frame + 10);
    expect(listener.problems).toEqual([]);
    expect(await increase(world, "a", 1n)).toBe(6n);
  });

  test("while the main thread has no time: listeners hear each frame once all the same", async () => {
    const world = await start({ ...counterWorld, file });
    const listener = new Listener(world);
    await listener.hear(world.frame + 5);
    const goesOn = said(world, /^the world goes on after \d+ ms$/);
    // The new threads run some frames before anybody has looked at them.
    process.once("worker", (worker) => worker.once("message", () => standStill(200)));
    void workerThread(1).terminate();
    await goesOn;
    await listener.hear(world.frame + 10);
    expect(listener.problems).toEqual([]);
  });

  test("under load, again and again: nothing is lost, nothing happens twice", async () => {
    const world = await start({ ...ledgerWorld, file });
    const acknowledged: string[] = [];
    let loading = true;
    const clients = Array.from({ length: 6 }, async (_, client) => {
      for (let i = 0; loading; i += 1) {
        const id = `${client}-${i}`;
        // Nobody is refused, and nobody asks twice: the world keeps what it has taken.
        await record(
          world,
          { account: `account${i % 3}`, id, amount: 1n },
          i % 2 ? `key-${id}` : "",
        );
        acknowledged.push(id);
      }
    });
    for (const worker of [0, 1, 1, 0]) {
      const enough = acknowledged.length + 20;
      while (acknowledged.length < enough)
        await record(world, { account: "other", id: "", amount: 0n });
      const goesOn = said(world, /^the world goes on after \d+ ms$/);
      void workerThread(worker).terminate();
      await goesOn;
    }
    loading = false;
    await Promise.all(clients);
    const found: string[] = [];
    for (const account of ["account0", "account1", "account2"]) {
      found.push(...(await readAccount(world, account)).entries.map(({ id }) => id));
    }
    expect(found.toSorted()).toEqual(acknowledged.toSorted());
    const { pulse, frame } = await readPulse(world, "one");
    await world.stop();
    const after = await start({ ...ledgerWorld, file });
    const later = await readPulse(after, "one");
    expect(later.pulse.beats - later.frame).toBe(pulse.beats - frame);
    expect((await readAccount(after, "account0")).entries.length).toBeGreaterThan(0);
  });

  test("before it has taken the place of another ends the world, with the reason", async () => {
    const world = await start({ ...ledgerWorld, file });
    await record(world, { account: "a", id: "one", amount: 1n });
    const failure = Promise.withResolvers<TellurionError>();
    world.onFailure(failure.resolve);
    process.once("worker", (worker) => void worker.terminate());
    void workerThread(1).terminate();
    expect(await within("the failure", failure.promise)).toMatchObject({
      code: "WORKER_START_FAILED",
    });
    await world.stop();
    const after = await start({ ...ledgerWorld, file });
    expect(await record(after, { account: "a", id: "two", amount: 1n })).toMatchObject({
      total: 2n,
    });
  });

  test("too often ends the world, with the reason", async () => {
    const world = await start({ ...ledgerWorld, file: inMemory });
    const failure = Promise.withResolvers<TellurionError>();
    world.onFailure(failure.resolve);
    let failed = false;
    void failure.promise.then(() => {
      failed = true;
    });
    let losses = 0;
    for (; !failed && losses < 20; losses += 1) {
      const goesOn = said(world, /^the world goes on after \d+ ms$/);
      void workerThread(1).terminate();
      await Promise.race([goesOn, failure.promise]);
    }
    expect(losses).toBe(9);
    expect(await failure.promise).toMatchObject({ code: "WORLD_FAILED" });
    await expect(record(world, { account: "a", id: "one", amount: 1n })).rejects.toMatchObject({
      code: "WORLD_FAILED",
    });
  });

  test("ends a world that is kept nowhere", async () => {
    const world = await start(ledgerWorld);
    const failure = Promise.withResolvers<TellurionError>();
    world.onFailure(failure.resolve);
    void workerThread(1).terminate();
    expect(await within("the failure", failure.promise)).toMatchObject({
      code: "WORLD_FAILED",
      message: expect.stringContaining("worker 1"),
    });
  });
});

test("an effect that is being done while a worker is lost is done once, and its result comes once", async () => {
  const ran: string[] = [];
  const begun = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const receipt = defineEffect({
    request: ReceiptWantedSchema,
    result: ReceiptIssuedSchema,
    run: async ({ id }, call) => {
      ran.push(call.id);
      begun.resolve();
      await finish.promise;
      return { id, receipt: call.id };
    },
  });
  const world = await start({ ...ledgerWorld, file, effects: [receipt] });
  await record(world, { account: "a", id: "one", amount: 1n, receipt: true });
  await within("the effect", begun.promise);
  const goesOn = said(world, /^the world goes on after \d+ ms$/);
  void workerThread(1).terminate();
  await goesOn;
  // Answered after the world has asked again for what is pending.
  await record(world, { account: "b", id: "behind", amount: 1n });
  finish.resolve();
  let account = await readAccount(world, "a");
  while (account.receipts.length === 0) account = await readAccount(world, "a");
  // Another one behind it: if the first had come twice, it would have come before this.
  await record(world, { account: "a", id: "two", amount: 1n, receipt: true });
  while (account.receipts.length < 2) account = await readAccount(world, "a");
  expect(account.receipts.map(({ id }) => id)).toEqual(["one", "two"]);
  expect(ran).toEqual(account.receipts.map((done) => done.receipt));
  expect(new Set(ran).size).toBe(2);
});
