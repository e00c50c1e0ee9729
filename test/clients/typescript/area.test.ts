import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Area } from "../../../clients/typescript/src/area.ts";
import { connectIn } from "../../../clients/typescript/src/connect.ts";
import { eachMoved } from "../../../clients/typescript/src/moved-entities.ts";
import { type Position, Track } from "../../../clients/typescript/src/track.ts";
import { defaultAreaLimits } from "../../../src/server/gateway/area/area-limits.ts";
import { type AreaClient, Areas } from "../../../src/server/gateway/area/areas.ts";
import { frameOf, movedEvent } from "../../server/area/published.ts";
import { FakeNetwork, settle } from "./fake-network.ts";

const nothing = { frame: 0, entered: [], left: [], moved: undefined, origin: undefined };
const update = { ...nothing, complete: false };
const first = { ...nothing, complete: true };

/** What docs/protocol-areas.md says of a record, with one 64-bit number. */
function record(number: number, x: number, y: number, heading: number): Uint8Array {
  const low = (centimetres: number) => BigInt.asUintN(19, BigInt(centimetres));
  const bits = BigInt(number) | (low(x) << 18n) | (low(y) << 37n) | (BigInt(heading) << 56n);
  return new Uint8Array(BigUint64Array.of(bits).buffer);
}

describe("an area", () => {
  const walker = { number: 7, id: "npc:marsh.7", kind: "npc", x: 10, y: 20, heading: 90 };

  function open() {
    const told: string[] = [];
    let nowMs = 0;
    const looks: unknown[] = [];
    const area = new Area(
      { now: () => nowMs, look: (circle) => looks.push(circle) },
      {
        delayMs: 100,
        entered: ({ id }) => told.push(`+${id}`),
        moved: ({ id, position }) => told.push(`${id} ${position.x},${position.y}`),
        left: ({ id }) => told.push(`-${id}`),
      },
    );
    const at = (ms: number) => {
      nowMs = ms;
    };
    return { area, told, looks, at };
  }

  test("tells who enters, moves and leaves", () => {
    const { area, told } = open();
    area.update({ ...first, entered: [walker], origin: { x: 0, y: 0 } }, 0);
    area.update({ ...update, moved: record(7, 1_100, 2_050, 64) }, 50);
    expect([...area.entities][0]?.position).toEqual({ x: 11, y: 20.5, heading: 90 });
    area.update({ ...update, left: [7, 8] }, 100);
    expect(told).toEqual(["+npc:marsh.7", "npc:marsh.7 11,20.5", "-npc:marsh.7"]);
    expect(area.size).toBe(0);
  });

  test("knows who took the number of one who left", () => {
    const { area, told } = open();
    area.update({ ...first, entered: [walker] }, 0);
    area.update({ ...update, left: [7], entered: [{ ...walker, id: "npc:marsh.8" }] }, 50);
    area.update({ ...update, entered: [{ ...walker, id: "npc:marsh.9" }] }, 100);
    expect(told).toEqual([
      ...["+npc:marsh.7", "-npc:marsh.7", "+npc:marsh.8", "-npc:marsh.8", "+npc:marsh.9"],
    ]);
  });

  test("forgets whom a complete update does not name", () => {
    const { area, told } = open();
    const other = { ...walker, number: 8, id: "npc:marsh.8" };
    area.update({ ...first, entered: [walker, other] }, 0);
    area.update({ ...update, entered: [other], complete: true }, 50);
    expect(told).toEqual(["+npc:marsh.7", "+npc:marsh.8", "-npc:marsh.7", "npc:marsh.8 10,20"]);
  });

  test("shows where they are a little before now, on their way", () => {
    const { area, at } = open();
    area.update({ ...first, entered: [walker], origin: { x: 0, y: 0 } }, 0);
    area.update({ ...update, moved: record(7, 1_200, 2_000, 64) }, 50);
    const [entity] = area.entities;
    at(125);
    expect(entity?.at()).toEqual({ x: 11, y: 20, heading: 90 });
    expect(entity?.at(0)).toEqual({ x: 10, y: 20, heading: 90 });
  });

  test("lets who stood still set off when it did, not long before", () => {
    const { area } = open();
    const other = { ...walker, number: 8, id: "npc:marsh.8" };
    area.update({ ...first, entered: [walker, other], origin: { x: 0, y: 0 } }, 0);
    area.update({ ...update, moved: record(8, 1_000, 2_100, 0) }, 5_000);
    area.update({ ...update, moved: record(7, 1_100, 2_000, 64) }, 5_050);
    const [entity] = area.entities;
    expect(entity?.at(4_999)).toMatchObject({ x: 10 });
    expect(entity?.at(5_025)).toMatchObject({ x: 10.5 });
  });

  test("looks where it is told, and nowhere when it is closed", () => {
    const { area, looks, told } = open();
    area.update({ ...first, entered: [walker] }, 0);
    area.move({ x: 1, y: 2, radius: 3 });
    area.close();
    expect(looks).toEqual([
      { x: 1, y: 2, radius: 3, fresh: false },
      { x: 0, y: 0, radius: 0, fresh: true },
    ]);
    expect(told.at(-1)).toBe("-npc:marsh.7");
  });

  test("says that it knows nobody until it has been told of all, and believes nothing else till then", () => {
    const { area, looks, told } = open();
    const circle = { x: 1, y: 2, radius: 3 };
    area.move(circle);
    area.update({ ...update, entered: [walker] }, 0);
    area.move(circle);
    area.update({ ...first, entered: [walker] }, 50);
    area.move(circle);
    area.forget();
    area.update({ ...update, moved: record(7, 1_100, 2_000, 64) }, 100);
    area.move(circle);
    expect(told).toEqual(["+npc:marsh.7", "-npc:marsh.7"]);
    expect(looks).toEqual([true, true, false, true].map((fresh) => ({ ...circle, fresh })));
  });
});

describe("with the server's own idea of what a client knows", () => {
  const circle = { x: 10, y: 10, radius: 50 };

  /** A client of a server that has nothing but one walker. */
  async function join() {
    const network = new FakeNetwork();
    const server = new Areas<AreaClient>(defaultAreaLimits, 20);
    const client = { subprotocol: { isBinary: true } };
    const joining = connectIn(network, { url: "ws://fake" });
    const { socket } = network;
    socket.answer = (body) => {
      if (body.case !== "subscribe" || !body.value.area) return;
      server.setArea(client, body.value.area);
      if (body.value.area.fresh) server.reset(client);
    };
    socket.open();
    await settle();
    socket.tell({ case: "welcome", value: { frame: 0n, tickHz: 20 } });
    let frame = 0;
    /** What the client asked for reaches the server, the walker takes a step, and the client hears of it. */
    const step = async () => {
      await settle();
      frame += 1;
      const place = { numbers: [7], x: [1_000 + frame], y: [1_000] };
      server.take(frameOf(frame, [movedEvent({ group: "npc:marsh", kind: "npc", ...place })]));
      for (const { message } of server.updates()) socket.tellBytes(message);
    };
    return { world: await joining, step };
  }

  const seenIn = (area: Area) => [...area.entities].map(({ id, position }) => [id, position.x]);

  test("a second area shows who is there, though the server had told of them all", async () => {
    const { world, step } = await join();
    const one = world.area(circle);
    await step();
    await step();
    expect(seenIn(one)).toEqual([["npc:marsh.7", 10.02]]);
    const other = world.area(circle);
    expect([one.size, other.size]).toEqual([0, 0]);
    await step();
    await step();
    expect(seenIn(other)).toEqual([["npc:marsh.7", 10.04]]);
  });

  test("an area shows who is there after it was closed, at once or later", async () => {
    const { world, step } = await join();
    const area = world.area(circle);
    await step();
    area.close();
    area.move(circle);
    await step();
    expect(seenIn(area)).toEqual([["npc:marsh.7", 10.02]]);
    area.close();
    await step();
    expect(area.size).toBe(0);
    area.move(circle);
    await step();
    expect(seenIn(area)).toEqual([["npc:marsh.7", 10.04]]);
  });
});

test("records of what moved are read exactly, wherever the window is", () => {
  const side = 2 ** 19;
  const coordinate = fc.integer({ min: -(2 ** 30), max: 2 ** 30 });
  const entity = fc.record({
    number: fc.nat(2 ** 18 - 1),
    x: fc.nat(side - 1),
    y: fc.nat(side - 1),
    heading: fc.nat(255),
  });
  fc.assert(
    fc.property(coordinate, coordinate, fc.array(entity), (originX, originY, entities) => {
      const bytes = entities.flatMap(({ number, x, y, heading }) => [
        ...record(number, originX + x, originY + y, heading),
      ]);
      const read: unknown[] = [];
      const origin = { x: originX / 100, y: originY / 100 };
      eachMoved(Uint8Array.from([...bytes, 1, 2]), origin, (number, position) =>
        read.push({ number, ...position }),
      );
      expect(read).toEqual(
        entities.map(({ number, x, y, heading }) => ({
          number,
          x: (originX + x) / 100,
          y: (originY + y) / 100,
          heading: heading * (360 / 256),
        })),
      );
    }),
  );
});

describe("a track", () => {
  const north: Position = { x: 0, y: 0, heading: 0 };

  test("gives each known place at its time, and places between them in between", () => {
    const place = fc.record({ x: fc.integer(), y: fc.integer(), heading: fc.nat(359) });
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 16 }), fc.nat(99), (places, share) => {
        const track = new Track();
        for (const [i, position] of places.entries()) track.push(i * 100, position);
        for (const [i, position] of places.entries()) {
          expect(track.at(i * 100)).toMatchObject({ x: position.x, y: position.y });
          const next = places[i + 1];
          if (!next) continue;
          const { x = Number.NaN } = track.at(i * 100 + share) ?? {};
          expect(x).toBeGreaterThanOrEqual(Math.min(position.x, next.x));
          expect(x).toBeLessThanOrEqual(Math.max(position.x, next.x));
        }
      }),
    );
  });

  test("turns the short way round", () => {
    const track = new Track();
    track.push(0, { ...north, heading: 350 });
    track.push(100, { ...north, heading: 10 });
    expect(track.at(25)?.heading).toBeCloseTo(355);
    expect(track.at(75)?.heading).toBeCloseTo(5);
  });

  test("goes on for a short time after the last place, and then back to it", () => {
    const track = new Track(100);
    track.push(0, north);
    track.push(50, { ...north, x: 5 });
    expect([50, 100, 150, 200, 250, 10_000].map((ms) => track.at(ms)?.x)).toEqual([
      ...[5, 10, 15, 10, 5, 5],
    ]);
  });

  test("keeps the last sixteen places, and nothing of the future that was corrected", () => {
    const track = new Track();
    expect(track.at(0)).toBeUndefined();
    for (let i = 0; i <= 100; i++) track.push(i, { ...north, x: i });
    expect(track.at(0)).toMatchObject({ x: 85 });
    track.push(90, { ...north, x: -1 });
    expect(track.at(90)).toMatchObject({ x: -1 });
  });
});
