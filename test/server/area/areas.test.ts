import { fromJsonString } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { ServerMessageSchema } from "../../../src/gen/tellurion/v1/client_pb.ts";
import { defaultAreaLimits } from "../../../src/server/gateway/area/area-limits.ts";
import { type AreaClient, Areas } from "../../../src/server/gateway/area/areas.ts";
import { AreaPicture } from "./area-client.ts";
import { frameOf, leftEvent, movedEvent } from "./published.ts";

const binary = (): AreaClient => ({ subprotocol: { isBinary: true } });
const group = "npc:moor-0";

/** Entities in a row, a metre apart, from the number on. */
function row(count: number, first = 0, y = 0) {
  const numbers = Array.from({ length: count }, (_, i) => first + i);
  return movedEvent({
    ...{ group, kind: "npc", numbers },
    x: numbers.map((number) => 100 * number),
    y: numbers.map(() => y),
  });
}

function areasOf(limits: Partial<typeof defaultAreaLimits> = {}, tickHz = 20): Areas<AreaClient> {
  return new Areas<AreaClient>({ ...defaultAreaLimits, ...limits }, tickHz);
}

const here = { x: 0, y: 0, radius: 50 };

describe("a client's area", () => {
  test("an entity that enters is told with its id, its kind and where it is", () => {
    const areas = areasOf();
    const client = binary();
    const picture = new AreaPicture();
    areas.setArea(client, here);
    areas.take(
      frameOf(1, [
        movedEvent({
          ...{ group: "player", kind: "player", numbers: [3, 4], x: [150, 200], y: [-1, 0] },
          ...{ ids: ["player:anna"], headings: Uint8Array.of(64) },
        }),
      ]),
    );
    const [update] = [...areas.updates()];
    const { entered, complete, frame } = picture.take(update?.message as Uint8Array);
    expect({ complete, frame }).toEqual({ complete: true, frame: 1n });
    expect(entered).toMatchObject([
      { id: "player:anna", kind: "player", x: 1.5, y: -0.01, heading: 90 },
      { id: "player.4", kind: "player", x: 2, y: 0, heading: 0 },
    ]);
  });

  test("a moved entity takes eight bytes", () => {
    const areas = areasOf();
    const client = binary();
    const picture = new AreaPicture();
    areas.setArea(client, { ...here, radius: 500 });
    areas.take(frameOf(1, [row(400)]));
    for (const { message } of areas.updates()) picture.take(message);
    areas.take(frameOf(2, [row(400, 0, 7)]));
    const [{ message } = { message: new Uint8Array() }] = [...areas.updates()];
    expect(message.length).toBeLessThan(8 * 400 + 16);
    const { entered, left, movedList } = picture.take(message);
    expect([entered.length, left.length, movedList.length]).toEqual([0, 0, 400]);
    expect([...picture.entities.values()].every(({ y }) => y === 7)).toBe(true);
  });

  test("clients of the JSON subprotocol get the same update as text", () => {
    const areas = areasOf();
    const [text, bytes] = [{ subprotocol: { isBinary: false } }, binary()];
    areas.setArea(text, here);
    areas.setArea(bytes, here);
    areas.take(frameOf(1, [row(3)]));
    const [first, second] = [...areas.updates()];
    const asText = new TextDecoder().decode(first?.message);
    const update = new AreaPicture().take(second?.message as Uint8Array);
    const { body } = fromJsonString(ServerMessageSchema, asText);
    expect(body).toMatchObject({ case: "areaUpdate", value: { entered: update.entered } });
  });

  test("nothing is sent when nothing in the area has changed", () => {
    const areas = areasOf();
    const client = binary();
    areas.setArea(client, here);
    areas.take(frameOf(1, [row(3)]));
    expect([...areas.updates()]).toHaveLength(1);
    areas.take(frameOf(2, [row(3), row(10, 1_000)]));
    expect([...areas.updates()]).toHaveLength(0);
  });

  test("one who comes in the place of another is another, also under the same number", () => {
    const areas = areasOf();
    const client = binary();
    const picture = new AreaPicture();
    areas.setArea(client, here);
    areas.take(frameOf(1, [row(1, 7)]));
    for (const { message } of areas.updates()) picture.take(message);
    const [number] = picture.entities.keys();
    areas.take(frameOf(2, [leftEvent({ group, numbers: [7] }), row(1, 8)]));
    const [{ message } = { message: new Uint8Array() }] = [...areas.updates()];
    const { left, entered } = picture.take(message);
    expect(left).toEqual([number]);
    expect(entered).toMatchObject([{ number, id: `${group}.8` }]);
  });

  test("a client that was passed over for longer than ages go back is told all anew", () => {
    const areas = areasOf({ areaHz: 240 }, 240);
    const client = binary();
    const picture = new AreaPicture();
    areas.setArea(client, here);
    areas.take(frameOf(1, [row(2)]));
    for (const { message } of areas.updates()) picture.take(message);
    for (let frame = 2; frame < 65_540; frame += 1) areas.take(frameOf(frame, [row(1, 500)]));
    const [{ message } = { message: new Uint8Array() }] = [...areas.updates()];
    expect(picture.take(message)).toMatchObject({ complete: true, left: [] });
    expect(picture.entities.size).toBe(2);
  });

  test("a radius of 0 empties the area", () => {
    const areas = areasOf();
    const client = binary();
    const picture = new AreaPicture();
    areas.setArea(client, here);
    areas.take(frameOf(1, [row(3)]));
    for (const { message } of areas.updates()) picture.take(message);
    areas.setArea(client, { x: 0, y: 0, radius: 0 });
    areas.take(frameOf(2, []));
    for (const { message } of areas.updates()) picture.take(message);
    expect(picture.entities.size).toBe(0);
  });

  test("after a reset the update tells all of the area again", () => {
    const areas = areasOf();
    const client = binary();
    areas.setArea(client, here);
    areas.take(frameOf(1, [row(3)]));
    expect([...areas.updates()]).toHaveLength(1);
    areas.reset(client);
    const [update] = [...areas.updates(2)];
    expect(new AreaPicture().take(update?.message as Uint8Array)).toMatchObject({ complete: true });
  });

  test("columns that do not match are passed over, and counted, and the rest is told", () => {
    const areas = areasOf();
    const picture = new AreaPicture();
    areas.setArea(binary(), here);
    const faulty = { group: "npc:fen", kind: "npc", numbers: [1, 2], x: [1], y: [1, 2] };
    areas.take(frameOf(1, [movedEvent(faulty), row(3)]));
    for (const { message } of areas.updates()) picture.take(message);
    expect(picture.entities.size).toBe(3);
    expect(areas.counters).toMatchObject({ eventsFaulty: 1, entities: 3 });
  });

  test("an area that cannot be is refused, and the one before stays", () => {
    const areas = areasOf();
    const client = binary();
    areas.setArea(client, here);
    expect(() => areas.setArea(client, { ...here, radius: 501 })).toThrow(
      "area.radius=501; valid are metres from 0, which is no area, to 500",
    );
    expect(() => areas.setArea(client, { ...here, radius: -1 })).toThrow(/area.radius=-1/);
    expect(() => areas.setArea(client, { ...here, x: Number.NaN })).toThrow(/area.x=NaN/);
    expect(() => areas.setArea(client, { ...here, y: 3e7 })).toThrow(
      /area.x=0, area.y=30000000; valid/,
    );
    areas.take(frameOf(1, [row(3)]));
    expect([...areas.updates()]).toHaveLength(1);
  });
});

describe("bounds", () => {
  test("each client is served at the rate of the limit, not all in the same frame", () => {
    const areas = areasOf({ areaHz: 20 }, 60);
    const clients = Array.from({ length: 6 }, binary);
    for (const client of clients) areas.setArea(client, here);
    const served: number[] = [];
    for (let frame = 1; frame <= 31; frame += 1) {
      areas.take(frameOf(frame, [row(3, 0, frame)]));
      const updates = [...areas.updates()];
      if (frame > 1) served.push(updates.length);
    }
    expect(served).toEqual(Array.from({ length: 30 }, () => 2));
  });

  test("a client knows areaEntitiesMax entities at most; others enter when there is room", () => {
    const areas = areasOf({ areaEntitiesMax: 5 });
    const client = binary();
    const picture = new AreaPicture();
    areas.setArea(client, here);
    areas.take(frameOf(1, [row(8)]));
    for (const { message } of areas.updates()) picture.take(message);
    expect(picture.entities.size).toBe(5);
    expect(areas.counters.crowded).toBe(3);
    const known = [...picture.entities.values()].map(({ id }) => Number(id.split(".").at(-1)));
    areas.take(frameOf(2, [leftEvent({ group, numbers: known.slice(0, 2) })]));
    for (const { message } of areas.updates()) picture.take(message);
    expect(picture.entities.size).toBe(5);
  });

  test("whom a crowded client was not told of, it is not told to have moved either", () => {
    const areas = areasOf({ areaEntitiesMax: 5 });
    const picture = new AreaPicture();
    areas.setArea(binary(), here);
    areas.take(frameOf(1, [row(8)]));
    for (const { message } of areas.updates()) picture.take(message);
    for (const y of [10, 20, 30]) {
      areas.take(frameOf(1 + y, [row(8, 0, y)]));
      const updates = [...areas.updates()].map(({ message }) => picture.take(message));
      expect(updates.flatMap(({ movedList }) => movedList)).toHaveLength(5);
      expect(areas.counters.crowded).toBe(3 * (1 + y / 10));
    }
  });

  test("entities beyond entitiesMax are not taken, and are counted", () => {
    const areas = areasOf({ entitiesMax: 1_500, areaEntitiesMax: 5_000, areaRadiusMax: 2_500 });
    const client = binary();
    const picture = new AreaPicture();
    areas.setArea(client, { ...here, radius: 2_500 });
    areas.take(frameOf(1, [row(2_000)]));
    for (const { message } of areas.updates()) picture.take(message);
    expect(areas.counters).toMatchObject({ entities: 1_500, entitiesRefused: 500 });
    expect(picture.entities.size).toBe(1_500);
    areas.take(frameOf(2, [leftEvent({ group, numbers: [0, 1] }), row(1, 1_999)]));
    for (const { message } of areas.updates()) picture.take(message);
    expect([...picture.entities.values()].some(({ id }) => id === `${group}.1999`)).toBe(true);
  });

  test("numbers of a group beyond its bound are refused", () => {
    const areas = areasOf();
    areas.take(frameOf(1, [row(1, 65_536), row(1, 65_535)]));
    expect(areas.counters).toMatchObject({ entities: 1, entitiesRefused: 1 });
  });
});

test("a group that is left by all and comes again is known as if it were new", () => {
  const areas = areasOf();
  const client = binary();
  const picture = new AreaPicture();
  areas.setArea(client, here);
  const step = (frame: number, ...events: Parameters<typeof frameOf>[1][number][]) => {
    areas.take(frameOf(frame, events));
    for (const { message } of areas.updates()) picture.take(message);
    return picture.entities.size;
  };
  expect(step(1, row(2))).toBe(2);
  expect(step(2, leftEvent({ group, numbers: [0, 1, 7] }))).toBe(0);
  expect(step(3, leftEvent({ group, numbers: [0] }))).toBe(0);
  expect(step(4, row(3), row(1, 9))).toBe(4);
  expect(step(5, movedEvent({ group, numbers: [], x: [], y: [], complete: true }))).toBe(0);
  expect(areas.counters.entities).toBe(0);
  expect(step(6, row(1))).toBe(1);
});
