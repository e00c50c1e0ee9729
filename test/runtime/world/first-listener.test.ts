import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { afterEach, expect, test } from "vitest";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import {
  type FirstListener,
  type PublishedFrame,
  startWorld,
  type World,
} from "../../../src/runtime/host.ts";
import { temporaryFolder } from "../../support/kept-world.ts";
import { record } from "../../support/ledger-calls.ts";
import { bootstrap } from "../../support/ledger-world.ts";
import { within } from "../../support/within.ts";

const running: World[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((world) => world.stop()));
});

async function start(file: string | undefined, listener?: FirstListener): Promise<World> {
  const world = await startWorld({
    ...{ name: "ledger", seed: 1, workers: 2, tickHz: 240, bootstrap },
    actorsModule: new URL("../../support/ledger-world.ts", import.meta.url),
    snapshots: { framesMin: 1_000_000, framesMax: 1_000_000 },
    ...(file !== undefined && { file }),
    ...(listener && { listener }),
  });
  running.push(world);
  return world;
}

/** Remembers what it hears: the frame, and which record was told of in it. */
class Listener implements FirstListener {
  readonly topics = new Set(["weather"]);
  readonly heard: [number, string][] = [];
  readonly heardThrough: number;

  constructor(heardThrough: number) {
    this.heardThrough = heardThrough;
  }

  hear({ frame, events }: PublishedFrame): void {
    for (const { bytes, start, end } of events) {
      const { newState } = fromBinary(WeatherEventSchema, bytes.subarray(start, end));
      this.heard.push([frame, newState]);
    }
  }
}

/** The files as they would be if the process died now. */
function copyOf(file: string): string {
  for (const suffix of ["", "-wal"]) {
    if (existsSync(file + suffix)) copyFileSync(file + suffix, `${file}-copy${suffix}`);
  }
  return `${file}-copy`;
}

test("who goes on where an earlier process ended is told what it had not heard, and nothing else", async () => {
  const file = join(temporaryFolder(), "world.db");
  const first = new Listener(0);
  const before = await start(file, first);
  for (const id of ["one", "two", "three"]) await record(before, { account: "a", id, amount: 1n });
  expect(first.heard.map(([, id]) => id)).toEqual(["one", "two", "three"]);
  const [, heardLast = [0, ""]] = first.heard;
  const second = new Listener(heardLast[0]);
  const after = await start(copyOf(file), second);
  expect(after.id).toBe(before.id);
  await record(after, { account: "a", id: "four", amount: 1n });
  expect(second.heard.map(([, id]) => id)).toEqual(["three", "four"]);
  expect(second.heard[0]).toEqual(first.heard[2]);
});

test("a frame is kept when it is on the disk, and in a world that is kept nowhere at once", async () => {
  const kept = await start(join(temporaryFolder(), "world.db"));
  const { frame } = await record(kept, { account: "a", id: "one", amount: 1n });
  let isAtOnce = false;
  // A durable command's answer came after the commit of its frame.
  kept.whenKept(Number(frame), () => {
    isAtOnce = true;
  });
  expect(isAtOnce).toBe(true);
  const later = Promise.withResolvers<void>();
  kept.whenKept(kept.frame + 10, later.resolve);
  await within("the commit of a frame to come", later.promise);
  const free = await start(undefined);
  let isFree = false;
  free.whenKept(1_000_000, () => {
    isFree = true;
  });
  expect(isFree).toBe(true);
});
