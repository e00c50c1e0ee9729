import { expect, test } from "vitest";
import { Door, type Guest } from "../../../src/server/gateway/door.ts";

class FakeGuest implements Guest {
  readonly told: number[] = [];
  readonly #in: string[];
  readonly #name: string;

  constructor(name: string, admitted: string[]) {
    this.#name = name;
    this.#in = admitted;
  }

  admit(): void {
    this.#in.push(this.#name);
  }

  tellAhead(ahead: number): void {
    this.told.push(ahead);
  }
}

test("guests are let in in their order, at the rate of the door", () => {
  let now = 0;
  const door = new Door(10, 2, () => now);
  const admitted: string[] = [];
  const guests = [..."abcdefgh"].map((name) => new FakeGuest(name, admitted));
  for (const guest of guests) door.enter(guest);
  expect(admitted.join("")).toBe("ab");
  expect(guests.map(({ told }) => told)).toEqual([[], [], [0], [1], [2], [3], [4], [5]]);
  for (now = 100; now <= 300; now += 100) door.look();
  expect(admitted.join("")).toBe("abcde");
  expect(door.waiting).toBe(3);
  door.leave(guests[5] as Guest);
  now = 10_000;
  door.look();
  expect(admitted.join("")).toBe("abcdegh");
  now = 20_000;
  door.enter(new FakeGuest("i", admitted));
  expect(admitted.join("")).toBe("abcdeghi");
  door.close();
});

test("who comes while others wait does not pass them", () => {
  let now = 0;
  const door = new Door(1, 1, () => now);
  const admitted: string[] = [];
  for (const name of "ab") door.enter(new FakeGuest(name, admitted));
  now = 1_000;
  door.enter(new FakeGuest("c", admitted));
  door.look();
  expect(admitted.join("")).toBe("ab");
  door.close();
});

test("those who wait hear how many are before them, when that has changed, once a second", () => {
  let now = 1_000;
  const door = new Door(1, 1, () => now);
  const guests = [..."abcd"].map((name) => new FakeGuest(name, []));
  for (const guest of guests) door.enter(guest);
  door.look();
  for (const time of [1_500, 2_000, 2_500, 3_000]) {
    now = time;
    door.look();
  }
  expect(guests.map(({ told }) => told)).toEqual([[], [0], [1, 0], [2, 1, 0]]);
  door.close();
});
