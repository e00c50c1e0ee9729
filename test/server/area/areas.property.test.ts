import fc from "fast-check";
import { expect, test } from "vitest";
import type { PublishedEvent } from "../../../src/runtime/host.ts";
import {
  type AreaLimits,
  defaultAreaLimits,
} from "../../../src/server/gateway/area/area-limits.ts";
import { Areas } from "../../../src/server/gateway/area/areas.ts";
import { AreaPicture } from "./area-client.ts";
import { frameOf, leftEvent, movedEvent } from "./published.ts";

const limits: AreaLimits = { ...defaultAreaLimits, areaCell: 7, areaMargin: 5, areaRadiusMax: 60 };
const groups = ["npc:moor-0", "npc:moor-1", "player"];

interface Truth {
  readonly id: string;
  x: number;
  y: number;
  heading: number;
  /** Told apart from one who came back under the same id. */
  readonly life: number;
  /** The last frame that told where it is. */
  toldIn: number;
}

interface Client {
  readonly subprotocol: { readonly isBinary: true };
  readonly picture: AreaPicture;
  circle: { x: number; y: number; radius: number } | undefined;
  /** What it has been told of, by id: which life. */
  known: Map<string, number>;
  /** The last frame whose update it got, or in which it had nothing to get. */
  upTo: number;
}

/** Cells of 7 m from side to side, 128 of them: entities so far apart are in the same run of the order. */
const rolledUp = 128 * 700;
const place = fc
  .record({
    x: fc.integer({ min: -6_000, max: 6_000 }),
    y: fc.integer({ min: -6_000, max: 6_000 }),
    far: fc.constantFrom(0, 0, 0, 0, 1, -2),
  })
  .map(({ x, y, far }) => ({ x: x + far * rolledUp, y: y - far * rolledUp }));
const which = fc.record({
  group: fc.nat(groups.length - 1),
  number: fc.nat(12),
});
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("walk" as const),
      seed: fc.integer({ min: 1, max: 0x7fff_ffff }),
      pace: fc.constantFrom(10, 200, 3_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("enter" as const), which, at: place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("tellAll" as const),
      group: fc.nat(groups.length - 1),
      without: fc.nat(12),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("look" as const),
      client: fc.nat(3),
      at: place,
      radius: fc.constantFrom(0, 800, 2_500, 6_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("part" as const), client: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reset" as const), client: fc.nat(3) }) },
);
const frame = fc.record({
  steps: fc.array(step, { maxLength: 4 }),
  /** By client: whether it may get an update. */
  may: fc.tuple(...[0, 1, 2, 3].map(() => fc.constantFrom(true, true, true, false))),
});

test("every client knows exactly what is in its area, whatever moves and whichever updates it missed", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 2_100_000_000, -2_000_000_000, 262_144),
      fc.array(frame, { minLength: 1, maxLength: 40 }),
      (offset, frames) => play(offset, frames),
    ),
    { numRuns: 300 },
  );
});

function play(
  offset: number,
  frames: readonly (typeof frame extends fc.Arbitrary<infer T> ? T : never)[],
) {
  const areas = new Areas<Client>(limits, limits.areaHz);
  const truth = new Map<string, Truth>();
  const clients = new Map<number, Client>();
  let lives = 0;
  const idOf = (group: number, number: number) => `${groups[group]}.${number}`;
  const tell = (group: number, list: readonly [number, Truth][], complete = false) =>
    movedEvent({
      group: groups[group] as string,
      kind: group === 2 ? "player" : "npc",
      numbers: list.map(([number]) => number),
      x: list.map(([, { x }]) => x),
      y: list.map(([, { y }]) => y),
      headings: Uint8Array.from(list, ([, { heading }]) => heading),
      complete,
    });
  const ofGroup = (group: number): [number, Truth][] =>
    Array.from(
      { length: 13 },
      (_, number) => [number, truth.get(idOf(group, number))] as const,
    ).filter((pair): pair is [number, Truth] => pair[1] !== undefined);

  frames.forEach(({ steps, may }, i) => {
    const events: PublishedEvent[] = [];
    for (const one of steps) {
      switch (one.do) {
        case "enter": {
          const { group, number } = one.which;
          const id = idOf(group, number);
          const at = { x: offset + one.at.x, y: offset + one.at.y, heading: number };
          const known = truth.get(id);
          if (known === undefined) lives += 1;
          const life = known?.life ?? lives;
          const entity = { id, ...at, life, toldIn: i };
          truth.set(id, entity);
          events.push(tell(group, [[number, entity]]));
          break;
        }
        case "leave": {
          const { group, number } = one.which;
          truth.delete(idOf(group, number));
          events.push(leftEvent({ group: groups[group] as string, numbers: [number] }));
          break;
        }
        case "walk":
          groups.forEach((_, group) => {
            const list = ofGroup(group);
            let state = one.seed;
            for (const [, entity] of list) {
              for (const axis of ["x", "y"] as const) {
                state = (Math.imul(state, 48_271) >>> 0) % 0x7fff_ffff;
                entity[axis] += (state % (2 * one.pace + 1)) - one.pace;
              }
              entity.heading = state & 255;
              entity.toldIn = i;
            }
            if (list.length > 0) events.push(tell(group, list));
          });
          break;
        case "tellAll": {
          truth.delete(idOf(one.group, one.without));
          events.push(tell(one.group, ofGroup(one.group), true));
          break;
        }
        case "look": {
          let client = clients.get(one.client);
          if (client === undefined) {
            client = {
              subprotocol: { isBinary: true },
              picture: new AreaPicture(),
              circle: undefined,
              known: new Map(),
              upTo: -1,
            };
            clients.set(one.client, client);
          }
          const circle = { x: offset + one.at.x, y: offset + one.at.y, radius: one.radius };
          client.circle = one.radius === 0 ? undefined : circle;
          areas.setArea(client, { x: circle.x / 100, y: circle.y / 100, radius: one.radius / 100 });
          break;
        }
        case "part": {
          const client = clients.get(one.client);
          if (client) areas.leave(client);
          clients.delete(one.client);
          break;
        }
        case "reset": {
          const client = clients.get(one.client);
          if (!client) break;
          areas.reset(client);
          client.known = new Map();
          client.picture.entities.clear();
        }
      }
    }
    areas.take(frameOf(i + 1, events));
    const mayGet = new Map([...clients].map(([n, client]) => [client, may[n] === true]));
    for (const { client, message } of areas.updates(i + 1, (c) => mayGet.get(c) === true)) {
      expect(mayGet.get(client)).toBe(true);
      const update = client.picture.take(message);
      expect(Number(update.frame)).toBe(i + 1);
      for (const { number } of update.movedList) {
        const { id } = client.picture.entities.get(number) as { id: string };
        expect(truth.get(id)?.toldIn).toBeGreaterThan(client.upTo);
      }
    }
    for (const client of clients.values()) {
      if (!mayGet.get(client)) continue;
      client.known = expected(client, truth);
      client.upTo = i;
      const seen = [...client.picture.entities.values()].map(({ id, x, y, heading }) => ({
        id,
        x,
        y,
        heading,
      }));
      const wanted = [...client.known.keys()].map((id) => {
        const { x, y, heading } = truth.get(id) as Truth;
        return { id, x, y, heading };
      });
      const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
      expect(seen.sort(byId)).toEqual(wanted.sort(byId));
    }
  });
}

/** Whom a client is to know: who is inside, and who was and is not yet beyond the margin. */
function expected(
  { circle, known }: Client,
  truth: ReadonlyMap<string, Truth>,
): Map<string, number> {
  if (circle === undefined) return new Map();
  const list: [string, number][] = [];
  for (const { id, x, y, life } of truth.values()) {
    const away = Math.hypot(x - circle.x, y - circle.y);
    const reach = known.get(id) === life ? circle.radius + 100 * limits.areaMargin : circle.radius;
    if (away <= reach) list.push([id, life]);
  }
  return new Map(list);
}
