import type { MessageInitShape } from "@bufbuild/protobuf";
import { beforeEach, expect, test, vi } from "vitest";
import type { SubscribeSchema } from "../../../src/gen/tellurion/v1/client_pb.ts";
import { TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { TellurionError } from "../../../src/runtime/index.ts";
import { Areas } from "../../../src/server/gateway/area/areas.ts";
import type { Connection } from "../../../src/server/gateway/connection.ts";
import { Gateway } from "../../../src/server/gateway/gateway.ts";
import type { LookedAt, Surroundings } from "../../../src/server/gateway/surroundings.ts";
import { defaultLimits } from "../../../src/server/limits.ts";
import { createLog } from "../../../src/server/log.ts";
import { FakeWorld } from "../../support/fake-world.ts";
import { GatewayClient } from "../../support/gateway-client.ts";
import { frameOf, movedEvent } from "../area/published.ts";

/** Sends each client, in each frame, an empty update. */
class FakeSurroundings implements Surroundings {
  readonly events = [3];
  readonly counters = new Areas<Connection>(defaultLimits, 60).counters;
  readonly areas = new Map<Connection, LookedAt>();
  taken = 0;
  hasNews = true;
  /** Of each update, its frame and how many frames had been taken in. */
  readonly told: [frame: number, taken: number][] = [];

  take(): void {
    this.taken += 1;
  }

  setArea(client: Connection, area: LookedAt): void {
    if (area.radius > 100) throw new TellurionError("INVALID_ARGUMENT", "area.radius is too much");
    this.areas.set(client, area);
  }

  reset(): void {}

  leave(client: Connection): void {
    this.areas.delete(client);
  }

  *updates(frame: number, mayGet: (client: Connection) => boolean) {
    this.told.push([frame, this.taken]);
    if (!this.hasNews) return;
    for (const client of this.areas.keys()) {
      if (mayGet(client)) yield { client, message: areaUpdate };
    }
  }
}

/** ServerMessage { area_update: {} } */
const areaUpdate = new Uint8Array([98, 0]);
let world: FakeWorld;
let around: FakeSurroundings;
let gateway: Gateway;

beforeEach(() => {
  world = new FakeWorld();
  around = new FakeSurroundings();
  gateway = new Gateway(
    world,
    defaultLimits,
    createLog(() => {}),
    { surroundings: around },
  );
  return () => gateway.close();
});

const area = { x: 10, y: -20, radius: 50 };
const look = (client: GatewayClient, radius: number, topics: string[] = []) =>
  client.say({ case: "subscribe", value: { topics, area: { ...area, radius } } });
const pass = () => {
  world.publish(TimeEventSchema, {});
  world.endFrame();
};

test("a client that looks somewhere hears what is there, as long as it keeps up", () => {
  expect(world.listened).toEqual(new Set([3]));
  const client = new GatewayClient(gateway);
  look(client, 50);
  pass();
  expect(client.line.last("subscribed").area).toMatchObject(area);
  client.line.bufferedBytes = 1_000_000;
  pass();
  client.line.bufferedBytes = 0;
  pass();
  expect(client.line.sent).toEqual(["welcome", "subscribed", "areaUpdate", "areaUpdate"]);
  expect(around.taken).toBe(3);
  client.lose();
  expect(around.areas.size).toBe(0);
});

test("an update is of a frame of which all has been taken in", () => {
  vi.useFakeTimers();
  const fresh = new FakeWorld();
  const quiet = createLog(() => {});
  const late = new Gateway(fresh, defaultLimits, quiet, { surroundings: around });
  around.told.length = 0;
  fresh.isOutputLate = true;
  fresh.publish(TimeEventSchema, {});
  fresh.endFrame();
  vi.advanceTimersByTime(2_000 / defaultLimits.areaHz);
  late.close();
  vi.useRealTimers();
  expect(around.told.slice(0, 2)).toEqual([
    [1, 1],
    [1, 1],
  ]);
});

test("while frames tell clients what is around them, nothing else does", () => {
  vi.useFakeTimers();
  const period = 1_000 / defaultLimits.areaHz;
  const busy = new Gateway(
    world,
    defaultLimits,
    createLog(() => {}),
    { surroundings: around },
  );
  around.told.length = 0;
  pass();
  // That was told by the gateway of the other tests too.
  expect(around.told).toHaveLength(2);
  vi.advanceTimersByTime(period);
  expect(around.told).toHaveLength(2);
  vi.advanceTimersByTime(period);
  expect(around.told).toHaveLength(3);
  busy.close();
  vi.useRealTimers();
});

test("the answer to a client that only looks elsewhere goes with its update, before it", () => {
  const { line, say } = looking();
  say({ area: { ...area, radius: 60 } });
  expect(line.sent).toEqual(["welcome", "subscribed"]);
  pass();
  const [, , ...after] = line.sent;
  expect(after).toEqual(["subscribed", "frame 1", "areaUpdate"]);
});

test("where no update comes it waits for a tenth of a second at most", () => {
  vi.useFakeTimers();
  const { line, say, connection, end } = looking(false);
  say({ area: { ...area, radius: 60 } });
  vi.advanceTimersByTime(50);
  expect(line.sent).toEqual(["welcome", "subscribed"]);
  vi.advanceTimersByTime(50);
  expect(line.sent).toEqual(["welcome", "subscribed", "subscribed"]);
  const flushed = vi.spyOn(connection, "flush");
  vi.advanceTimersByTime(1_000);
  expect(flushed).not.toHaveBeenCalled();
  end();
  vi.useRealTimers();
});

test("the answer to one that asks for anything else, or looks nowhere, waits for nothing", () => {
  const { line, say } = looking();
  say({ topics: [] });
  say({ topics: ["weather"], area });
  say({ rates: [{ topic: "weather", intervalMs: 100 }], area });
  say({ area: { ...area, radius: 0 } });
  expect(line.sent).toEqual(["welcome", ...Array(5).fill("subscribed")]);
});

test("an answer does not overtake those that wait", () => {
  const { line, say } = looking();
  line.bufferedBytes = 1_000_000;
  say({ request: 2, topics: [] });
  line.bufferedBytes = 0;
  say({ request: 3, area });
  say({ request: 4, topics: [] });
  const requests = line.messages.flatMap(({ value }) =>
    value && "request" in value ? [value.request] : [],
  );
  expect(requests).toEqual([1, 2, 3, 4]);
});

/** A client that is subscribed and looks, at a gateway of its own. */
function looking(hasNews = true) {
  const quiet = createLog(() => {});
  const surroundings = Object.assign(new FakeSurroundings(), { hasNews });
  const own = new Gateway(world, defaultLimits, quiet, { surroundings });
  const client = new GatewayClient(own);
  const say = (value: MessageInitShape<typeof SubscribeSchema>) =>
    client.say({ case: "subscribe", value });
  say({ request: 1, topics: ["time"], area });
  return { line: client.line, say, connection: client.connection, end: () => own.close() };
}

test("one that comes back looks where it looked", () => {
  const client = new GatewayClient(gateway);
  look(client, 50);
  client.lose();
  const back = new GatewayClient(gateway, { resume: client.resume(0) });
  pass();
  expect(back.line.sent).toEqual(["welcome", "areaUpdate"]);
});

test("one that is closed as it is welcomed looks nowhere", () => {
  gateway.close();
  const limits = { ...defaultLimits, controlLaneBytesMax: 1 };
  gateway = new Gateway(
    world,
    limits,
    createLog(() => {}),
    { surroundings: around },
  );
  const client = new GatewayClient(gateway);
  look(client, 50);
  client.lose();
  world.dilate(0.5);
  // The line takes nothing, and the lane not even a second message.
  const back = new GatewayClient(gateway, { resume: client.resume(0) }, 0, 1_000_000);
  expect(back.line.closedWith).toBe("4408 CLIENT_TOO_SLOW");
  expect(around.areas.size).toBe(0);
  expect(gateway.counters.connections).toBe(0);
});

test("an area that is not valid changes nothing, nor do topics that are not", () => {
  const client = new GatewayClient(gateway);
  look(client, 500, ["weather"]);
  look(client, 50, ["storms"]);
  client.subscribe();
  expect(client.line.sent.slice(1, 3)).toEqual(Array(2).fill("problem INVALID_ARGUMENT"));
  const { topics, area: looksAt } = client.line.last("subscribed");
  expect([topics, looksAt]).toEqual([[], undefined]);
  expect(around.areas.size).toBe(0);
});

test("a client that says it knows nothing is told all of its area again, however often at the same rate", () => {
  const areas = new Areas<Connection>(defaultLimits, world.tickHz);
  const seeing = new Gateway(
    world,
    defaultLimits,
    createLog(() => {}),
    { surroundings: areas },
  );
  const client = new GatewayClient(seeing).subscribe("time");
  const move = (x: number) => {
    const moved = movedEvent({ group: "npc:moor", kind: "npc", numbers: [0], x: [x], y: [0] });
    areas.take(frameOf(world.frame + 1, [moved]));
    pass();
  };
  const lookHere = (fresh: boolean) => {
    client.say({ case: "subscribe", value: { area: { x: 0, y: 0, radius: 50, fresh } } });
  };
  const told = () =>
    client.line.messages.flatMap(({ case: kind, value }) =>
      kind === "areaUpdate" ? [`${value.complete ? "all " : ""}${value.entered.length}`] : [],
    );
  lookHere(false);
  for (let x = 0; x < 6; x += 1) move(x);
  expect(told()).toEqual(["all 1", "0", "0"]);
  lookHere(false);
  for (let x = 6; x < 12; x += 1) move(x);
  expect(told()).toEqual(["all 1", "0", "0", "0", "0"]);
  for (let x = 12; x < 18; x += 1) {
    lookHere(true);
    move(x);
  }
  expect(told()).toEqual(["all 1", "0", "0", "0", "0", "all 1", "all 1"]);
  seeing.close();
});
