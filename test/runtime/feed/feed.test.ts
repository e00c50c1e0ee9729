import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { startWorld, type World, type WorldOptions } from "../../../src/runtime/host.ts";
import {
  codecOf,
  type FeedEnd,
  type FeedMark,
  type FeedOptions,
  FeedReader,
} from "../../../src/runtime/index.ts";
import { JournalStatus } from "../../../src/runtime/journal/journal-status.ts";
import { CounterService } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { bootstrap } from "../../support/counter-world.ts";
import { temporaryFolder } from "../../support/kept-world.ts";

const weatherNumber = 1;
const neverReturn = 1_002n;
const waitMsMax = 20_000;
const running: World[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((world) => world.stop()));
});

/** Reads a feed in the test's own thread, from one world after the other. */
class Keeper {
  /** `frame region` of each event: the busy actors publish their frame's number. */
  readonly events: string[] = [];
  readonly frames: number[] = [];
  end: FeedEnd | undefined;
  #reader: FeedReader | undefined;
  #readThrough = 0;

  get mark(): FeedMark {
    return { worldId: this.end?.worldId ?? "", frame: this.#readThrough };
  }

  options(since: FeedMark | undefined = undefined, ringBytes = 1_048_576): FeedOptions {
    return {
      ...{ events: [weatherNumber], since, ringBytes },
      attach: (end) => {
        this.end = end;
        this.#reader = new FeedReader(end, [WeatherEventSchema]);
      },
      detach: async () => this.read(),
      abandon: () => {
        throw new Error("this keeper leaves in time");
      },
    };
  }

  get lost(): number {
    return this.#reader?.lost ?? 0;
  }

  get lostFrame(): number {
    return this.#reader?.lostFrame ?? 0;
  }

  read(): number {
    if (!this.#reader) return this.#readThrough;
    this.#readThrough = this.#reader.read((frame, events) => {
      this.frames.push(frame);
      for (const { topic, source, bytes, start, end } of events) {
        const { region, newState } = codecOf(WeatherEventSchema).decode(bytes, start, end);
        if (topic !== `weather/${region}`) throw new Error(`${topic} is not of ${region}`);
        if (source.startsWith("busy/")) {
          if (newState !== String(frame)) throw new Error(`frame ${frame} has ${newState}`);
          this.events.push(`${frame} ${source.slice("busy/".length)}`);
        }
      }
    });
    return this.#readThrough;
  }

  readTo(frame: number): Promise<void> {
    const look = () => {
      if (this.read() < frame) throw new Error(`read up to ${this.#readThrough} only`);
    };
    return vi.waitFor(look, { interval: 5, timeout: waitMsMax });
  }
}

async function start(keeper: Keeper, options: Partial<WorldOptions> = {}): Promise<World> {
  const world = await startWorld({
    ...{ name: "counters", seed: 1, workers: 2, tickHz: 120, bootstrap, handlerMsMax: 400 },
    actorsModule: new URL("../../support/counter-world.ts", import.meta.url),
    feed: keeper.options(),
    ...options,
  });
  running.push(world);
  return world;
}

/** What the busy actors have published up to a frame. */
function published(through: number): string[] {
  const frames = Array.from({ length: through }, (_, i) => i + 1);
  return frames.flatMap((frame) => ["one", "two", "three"].map((key) => `${frame} ${key}`));
}

/** Events by frame, the three of one frame in the order of their names. */
function sorted(events: readonly string[]): string[] {
  const frameOf = (event: string) => Number(event.split(" ")[0]);
  return [...events].sort((a, b) => frameOf(a) - frameOf(b) || (a < b ? -1 : 1));
}

function expectAllOnce(events: readonly string[], through: number): void {
  expect(sorted(events)).toEqual(sorted(published(through)));
  expect(events.map((event) => Number(event.split(" ")[0]))).toEqual(
    events.map((event) => Number(event.split(" ")[0])).sort((a, b) => a - b),
  );
}

/** By a message whose handler does not return. */
async function loseWorker(world: World): Promise<void> {
  const { increase } = CounterService.method;
  const method = world.catalogue.methodByName(`${CounterService.typeName}/${increase.name}`);
  if (!method) throw new Error("this world has no counters");
  const request = codecOf(increase.input).toBytes({ name: "stuck", amount: neverReturn });
  const lost = world.call(method, "stuck", request, { timeoutMs: waitMsMax });
  await expect(lost).rejects.toMatchObject({ code: "MESSAGE_QUARANTINED" });
}

describe("a world that is kept nowhere", () => {
  test("feeds each event of each frame that has ended, once and in order", async () => {
    const keeper = new Keeper();
    await start(keeper);
    await keeper.readTo(60);
    expectAllOnce(keeper.events, keeper.mark.frame);
    expect([keeper.lost, keeper.lostFrame]).toEqual([0, 0]);
  });

  test("counts the events for which a reader that reads nothing leaves no room", async () => {
    const keeper = new Keeper();
    const world = await start(keeper, { feed: keeper.options(undefined, 1_024) });
    await vi.waitFor(() => expect(world.frame).toBeGreaterThan(60), { timeout: waitMsMax });
    await world.stop();
    keeper.read();
    const all = published(keeper.mark.frame).length;
    expect(keeper.events.length).toBeLessThan(all);
    expect(keeper.events.length + keeper.lost).toBe(all);
    expect(keeper.lostFrame).toBe(keeper.mark.frame);
  });

  test("refuses a feed of an event that it does not have", async () => {
    const keeper = new Keeper();
    const feed = { ...keeper.options(), events: [weatherNumber, 999] };
    await expect(start(keeper, { feed })).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringMatching(/feed event=999 .* valid are 1/),
    });
  });
});

describe("a kept world", () => {
  test("feeds no event of a frame that is not on the disk", async () => {
    const keeper = new Keeper();
    await start(keeper, { file: join(temporaryFolder(), "world") });
    for (const frame of [1, 10, 30]) {
      await keeper.readTo(frame);
      const journal = keeper.end?.journal;
      if (!journal) throw new Error("a kept world has a journal");
      expect(keeper.mark.frame).toBeLessThanOrEqual(new JournalStatus(journal).committed);
    }
    expectAllOnce(keeper.events, keeper.mark.frame);
  });

  test("makes the events after its reader's mark again, whatever was read besides", async () => {
    const file = join(temporaryFolder(), "world");
    const before = new Keeper();
    const first = await start(before, { file });
    await before.readTo(40);
    const mark = before.mark;
    const kept = [...before.events];
    await before.readTo(mark.frame + 30);
    await first.stop();

    const after = new Keeper();
    await start(after, { file, feed: after.options(mark) });
    await after.readTo(mark.frame + 60);
    expectAllOnce([...kept, ...after.events], after.mark.frame);
  });

  test("begins where it stands for a reader without a mark, and for one of another world", async () => {
    const file = join(temporaryFolder(), "world");
    const before = new Keeper();
    const first = await start(before, { file });
    await before.readTo(30);
    await first.stop();
    for (const since of [undefined, { worldId: "another", frame: 3 }]) {
      const after = new Keeper();
      const world = await start(after, { file, feed: after.options(since) });
      expect(after.end?.after).toBeGreaterThanOrEqual(before.mark.frame);
      await after.readTo((after.end?.after ?? 0) + 10);
      expect(Math.min(...after.frames)).toBe((after.end?.after ?? 0) + 1);
      await world.stop();
    }
  });

  test("waits for a reader that is slow while frames are run again, and loses nothing", async () => {
    const file = join(temporaryFolder(), "world");
    const before = new Keeper();
    const first = await start(before, { file });
    await vi.waitFor(() => expect(first.frame).toBeGreaterThan(200), { timeout: waitMsMax });
    await first.stop();
    const after = new Keeper();
    const since = { worldId: before.end?.worldId ?? "", frame: 0 };
    const reading = setInterval(() => after.read(), 1);
    onTestFinished(() => clearInterval(reading));
    await start(after, { file, feed: after.options(since, 4_096) });
    await after.readTo(210);
    expect(after.lost).toBe(0);
    expectAllOnce(after.events, after.mark.frame);
  });

  test("goes on after a worker was lost when its reader is gone, and copies nothing for it", async () => {
    const keeper = new Keeper();
    const feed = { ...keeper.options(), detach: async () => undefined };
    const world = await start(keeper, { feed, file: join(temporaryFolder(), "world") });
    await keeper.readTo(30);
    const { end } = keeper;
    await loseWorker(world);
    const { frame } = world;
    await vi.waitFor(() => expect(world.frame).toBeGreaterThan(frame + 30), { timeout: waitMsMax });
    expect(keeper.end).toBe(end);
  });

  test("feeds on after a worker was lost, nothing twice and nothing left out", async () => {
    const keeper = new Keeper();
    const world = await start(keeper, { file: join(temporaryFolder(), "world") });
    await keeper.readTo(30);
    await loseWorker(world);
    await keeper.readTo(world.frame + 30);
    expectAllOnce(keeper.events, keeper.mark.frame);
  });
});
