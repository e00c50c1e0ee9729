import { expect, test } from "vitest";
import { turnOf } from "../../../src/actors/npc/turn.ts";
import { positionAt } from "../../../src/actors/npc/walk.ts";
import {
  type EntitiesLeftEvent,
  EntitiesLeftEventSchema,
  type EntitiesMovedEvent,
  EntitiesMovedEventSchema,
} from "../../../src/gen/tellurion/v1/entities_pb.ts";
import { NpcStateSchema } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import { type WorldState, WorldStateSchema } from "../../../src/gen/tellurion/v1/world_pb.ts";
import type { PublishedEvent } from "../../../src/runtime/host.ts";
import type { TestWorld } from "../../../src/runtime/testkit/index.ts";
import { defaultAreaLimits } from "../../../src/server/gateway/area/area-limits.ts";
import { type AreaClient, Areas } from "../../../src/server/gateway/area/areas.ts";
import { LivingWorld } from "../../support/living-world.ts";
import { AreaPicture } from "./area-client.ts";
import { frameOf, leftEvent, movedEvent } from "./published.ts";

const radius = 2_500;

/** Everybody of the sample world, where it is: by the actors' own states. */
function truthOf(world: TestWorld, { players, map }: WorldState): Map<string, [number, number]> {
  const truth = new Map<string, [number, number]>();
  const centimetres = (metres: number) => Math.round(100 * metres);
  for (const { id, present, place } of players) {
    const at = map?.places.find((one) => one.id === place);
    if (present && at) truth.set(`player:${id}`, [centimetres(at.x), centimetres(at.y)]);
  }
  for (const [key, toldMs] of shardsOf(world)) {
    const state = world.stateOf(`npc/${key}`, NpcStateSchema);
    if (state === undefined) continue;
    const turn = turnOf(state, key);
    for (let npc = 0; npc < state.count; npc += 1) {
      const { x, y } = positionAt(turn, npc, toldMs);
      truth.set(`npc:${key}.${npc}`, [centimetres(x), centimetres(y)]);
    }
  }
  return truth;
}

const shardKeys = new Set<string>();

function shardsOf(world: TestWorld): [string, number][] {
  return [...shardKeys].map((key) => {
    return [key, world.stateOf(`npc/${key}`, NpcStateSchema)?.movesToldMs ?? 0];
  });
}

test("in the sample world a client sees who is around it: people on their ways, and players", async () => {
  const living = await LivingWorld.create({ players: 2, npcs: 0.3 });
  const { world } = living;
  const areas = new Areas<AreaClient>({ ...defaultAreaLimits, areaRadiusMax: radius }, 20);
  const client = { subprotocol: { isBinary: true } };
  const picture = new AreaPicture();
  let events: PublishedEvent[] = [];
  let walked = 0;
  living.onEvent(({ type, event }) => {
    if (type === EntitiesMovedEventSchema) {
      const moved = event as EntitiesMovedEvent;
      if (moved.kind === "npc") shardKeys.add(moved.group.slice("npc:".length));
      events.push(movedEvent(moved));
    } else if (type === EntitiesLeftEventSchema) events.push(leftEvent(event as EntitiesLeftEvent));
  });
  const state = () => world.stateOf("world/main", WorldStateSchema) as WorldState;
  const home = state().map?.places.find(({ id }) => id === state().players[0]?.place);
  const centre = { x: home?.x ?? 0, y: home?.y ?? 0 };
  areas.setArea(client, { ...centre, radius });
  for (let minute = 0; minute < 240; minute += 1) {
    living.live(1);
    areas.take(frameOf(world.frame, events));
    events = [];
    for (const { message } of areas.updates()) walked += picture.take(message).movedList.length;
  }
  const truth = truthOf(world, state());
  const travelling = new Set(state().players.flatMap((p) => (p.busyUntilMs > 0n ? [p.id] : [])));
  let people = 0;
  for (const { id, x, y } of picture.entities.values()) {
    if (travelling.has(id.slice("player:".length))) continue;
    const [trueX = 0, trueY = 0] = truth.get(id) ?? [];
    // A shard whose people have changed their ways since it told is up to an update behind.
    expect(Math.hypot(x - trueX, y - trueY)).toBeLessThan(40_000);
    if (x === trueX && y === trueY) people += 1;
  }
  const near = [...truth.values()].filter(
    ([x, y]) => Math.hypot(x / 100 - centre.x, y / 100 - centre.y) < radius - 400,
  );
  expect(near.length).toBeGreaterThan(10);
  expect(picture.entities.size).toBeGreaterThanOrEqual(near.length);
  expect(people).toBeGreaterThan(0.8 * picture.entities.size);
  expect(walked).toBeGreaterThan(100);
  expect([...picture.entities.values()].some(({ kind }) => kind === "npc")).toBe(true);
});
