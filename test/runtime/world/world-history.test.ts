import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openHistory, replay, type WorldOptions } from "../../../src/runtime/host.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import {
  CounterService,
  CounterStateSchema,
  TickSchema,
} from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { bootstrap } from "../../support/counter-world.ts";
import { runKeptWorld, temporaryFolder } from "../../support/kept-world.ts";

const actorsModule = new URL("../../support/counter-world.ts", import.meta.url);
const { increase } = CounterService.method;
const increaseName = `${increase.parent.typeName}/${increase.name}`;

function optionsOf(file: string): WorldOptions & { readonly file: string } {
  const world = { name: "test", seed: 5, workers: 2, tickHz: 240 };
  return { ...world, actorsModule, bootstrap, file };
}

async function keptWorld(frames = 60) {
  const file = join(temporaryFolder(), "test.tellurion");
  const witness = await runKeptWorld(optionsOf(file), frames, async (world) => {
    const entry = world.catalogue.methodByName(increaseName);
    const request = codecOf(increase.input).toBytes({ name: "a", amount: 3n });
    if (entry) await world.call(entry, "a", request, { timeoutMs: 5_000, idempotencyKey: "k" });
  });
  return { file, witness };
}

test("the past can be looked at frame by frame, and the file stays as it is", async () => {
  const { file } = await keptWorld();
  const before = readFileSync(file);
  const history = await openHistory(file, actorsModule);
  expect(history).toMatchObject({ first: 0, problems: [], differences: [] });
  expect(history.identity).toMatchObject({ name: "test", seed: 5, tickHz: 240 });
  expect(history.counts).toMatchObject({ replies: 1, quarantine: [] });

  const early = await history.worldAt(20);
  expect(early.addresses).toContain("busy/one");
  const busy = early.actor("busy/one");
  const state = codecOf(CounterStateSchema).decode(busy?.state?.bytes ?? new Uint8Array());
  expect(state.total).toBe(20n);
  expect(busy?.timers).toMatchObject([{ dueFrame: 21, message: { type: TickSchema } }]);
  expect(early.actor("busy/nobody")).toBeUndefined();
  expect((await history.worldAt(0)).addresses).toEqual([]);

  const last = await history.worldAt(history.last);
  const { hash } = await replay({ file, actorsModule, workers: 2, verify: true });
  expect(last.hash).toBe(hash);
  history.close();
  expect(readFileSync(file)).toEqual(before);
});

test("the inputs of a frame are what came from outside", async () => {
  const { file } = await keptWorld();
  const history = await openHistory(file, actorsModule);
  expect(history.inputs(1)).toMatchObject(
    ["one", "two", "three"].map((key) => ({
      address: `busy/${key}`,
      isMethod: false,
      spawn: true,
    })),
  );
  const frames = Array.from({ length: history.last }, (_, i) => history.inputs(i + 1));
  const calls = frames.flat().filter(({ isMethod }) => isMethod);
  expect(calls).toMatchObject([{ address: "counter/a", name: increaseName, key: "k" }]);
  const [{ payload }] = calls as [(typeof calls)[0]];
  expect(codecOf(increase.input).decode(payload.bytes).amount).toBe(3n);
  for (const frame of [0, history.last + 1, 0.5]) {
    expect(() => history.inputs(frame)).toThrow(`valid are frames from 1 to ${history.last}`);
  }
  history.close();
});

test("what was published is published again, in the world's order", async () => {
  const { file, witness } = await keptWorld();
  const history = await openHistory(file, actorsModule);
  const published: unknown[] = [];
  for await (const { frame, events } of history.published(witness.from, history.last)) {
    for (const { entry, topic, bytes, start, end } of events) {
      const type = entry.desc;
      published.push({ frame, topic, type, event: codecOf(type).decode(bytes, start, end) });
    }
  }
  expect(witness.events.length).toBeGreaterThan(100);
  expect(published).toEqual(witness.events);
  history.close();
});
