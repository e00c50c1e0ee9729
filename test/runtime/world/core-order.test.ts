import fc from "fast-check";
import { expect, test } from "vitest";
import { defineActor } from "../../../src/runtime/index.ts";
import { createTestWorld } from "../../../src/runtime/testkit/index.ts";
import {
  ActSchema,
  ChaosSchema,
  CounterStateSchema,
} from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { act, scripted, seenBy, tell } from "../../support/scripted.ts";

const population = 12;

interface Sending {
  readonly to: number;
  readonly value: number;
}

/** What node `self` sends when it handles `value`: a pure function, so that a model can know it too. */
function sendings(self: number, value: number, hops: number): Sending[] {
  if (hops === 0) return [];
  let h = Math.imul(value ^ (self * 0x9e3779b1), 0x85ebca6b) >>> 0;
  const count = h % 4;
  return Array.from({ length: count }, () => {
    h = (Math.imul(h, 0xc2b2ae35) + 0x27d4eb2f) >>> 0;
    return { to: 1 + ((h >>> 8) % population), value: h >>> 12 };
  });
}

const node = defineActor({
  kind: "node",
  state: CounterStateSchema,
  init: () => ({}),
  on: ({ handle }) => [
    handle(ChaosSchema, (state, { value, hops }, ctx) => {
      state.seen.push(`${ctx.frame} ${ctx.sender ?? "outside"} ${value}`);
      for (const next of sendings(Number(ctx.key), Number(value), hops)) {
        const message = { value: BigInt(next.value), hops: hops - 1 };
        ctx.send(`node/${next.to}`, ChaosSchema, message);
      }
    }),
  ],
});

interface Message {
  readonly sender: number;
  readonly to: number;
  readonly value: number;
  readonly hops: number;
}

/** The rule of DESIGN, without lanes: actors in ascending order, messages by sender and order of sending. */
class Model {
  readonly seen: string[][] = Array.from({ length: population + 1 }, () => []);
  carried: Message[] = [];
  #frame = 1;

  step(inputs: readonly Message[], roundsMax: number): void {
    this.#frame += 1;
    let round = [...inputs, ...this.carried];
    for (let i = 0; i < roundsMax; i += 1) round = this.#round(round);
    this.carried = round;
  }

  #round(messages: readonly Message[]): Message[] {
    const sent: Message[] = [];
    for (let self = 1; self <= population; self += 1) {
      // A stable sort: of one sender, the order of sending stays.
      const mailbox = messages.filter(({ to }) => to === self).sort((a, b) => a.sender - b.sender);
      for (const { sender, value, hops } of mailbox) {
        const name = sender === 0 ? "outside" : `node/${sender}`;
        this.seen[self]?.push(`${this.#frame} ${name} ${value}`);
        for (const next of sendings(self, value, hops)) {
          sent.push({ sender: self, to: next.to, value: next.value, hops: hops - 1 });
        }
      }
    }
    return sent;
  }
}

const inputs = fc.array(
  fc.record({ to: fc.integer({ min: 1, max: population }), value: fc.nat(), hops: fc.nat(7) }),
  { maxLength: 12, size: "max" },
);

test("messages are handled in the order of sender's number and sending, whatever the workers", () => {
  let carried = 0;
  let most = 0;
  const property = fc.property(
    fc.array(inputs, { minLength: 2, maxLength: 5 }),
    fc.integer({ min: 1, max: 4 }),
    fc.constantFrom(1, 2, 3, 64),
    (frames, workers, roundsMax) => {
      const world = createTestWorld({ actors: [node], workers, limits: { roundsMax } });
      const model = new Model();
      // Their numbers are their keys, because they start in this order.
      for (let i = 1; i <= population; i += 1) {
        world.send(`node/${i}`, ChaosSchema, { value: 0n, hops: 0 });
      }
      world.step();
      for (const seen of model.seen) seen.push("1 outside 0");
      for (const frame of [...frames, [], [], []]) {
        for (const { to, value, hops } of frame) {
          world.send(`node/${to}`, ChaosSchema, { value: BigInt(value), hops });
        }
        model.step(
          frame.map((input) => ({ ...input, sender: 0 })),
          roundsMax,
        );
        world.step();
        if (model.carried.length > 0) carried += 1;
      }
      for (let i = 1; i <= population; i += 1) {
        expect(seenBy(world, `node/${i}`)).toEqual(model.seen[i]);
        most = Math.max(most, model.seen[i]?.length ?? 0);
      }
    },
  );
  fc.assert(property, { numRuns: 60 });
  expect(carried).toBeGreaterThan(10);
  expect(most).toBeGreaterThan(20);
});

test("what is sent is handled in the next round of the same frame", () => {
  const rounds: string[] = [];
  const hop = scripted("a", {
    hop: (ctx, { number }) => {
      rounds.push(`${ctx.address} ${ctx.frame}`);
      const to = ctx.address === "a/1" ? "a/2" : "a/1";
      if (number > 0n) ctx.send(to, ActSchema, { what: "hop", number: number - 1n });
    },
  });
  const world = createTestWorld({ actors: [hop] });
  act(world, ["a/1", "hello"], ["a/2", "hello"]);
  tell(world, "a/1", "hop", { number: 5 });
  world.step();
  expect(rounds).toEqual(["a/1 2", "a/2 2", "a/1 2", "a/2 2", "a/1 2", "a/2 2"]);
  world.step();
  expect(rounds).toHaveLength(6);
});

test("an actor sends to itself for the next round, not for this one", () => {
  const order: string[] = [];
  const self = scripted("a", {
    first: (ctx) => {
      order.push("first");
      ctx.send(ctx.address, ActSchema, { what: "third" });
    },
    second: () => void order.push("second"),
    third: () => void order.push("third"),
  });
  const world = createTestWorld({ actors: [self] });
  act(world, ["a/1", "first"], ["a/1", "second"]);
  expect(order).toEqual(["first", "second", "third"]);
});

test("what is left after roundsMax goes on in the next frame, and nothing of it is lost", () => {
  const endless = scripted("a", {
    hop: (ctx, { number }, state) => {
      state.seen.push(`${ctx.frame}:${number}`);
      if (number > 0n) ctx.send(ctx.address, ActSchema, { what: "hop", number: number - 1n });
    },
  });
  const world = createTestWorld({ actors: [endless], limits: { roundsMax: 3 } });
  tell(world, "a/1", "hop", { number: 7 });
  world.step();
  expect(seenBy(world, "a/1")).toEqual(["1:7", "1:6", "1:5"]);
  world.step();
  expect(seenBy(world, "a/1")?.slice(3)).toEqual(["2:4", "2:3", "2:2"]);
  world.step(2);
  expect(seenBy(world, "a/1")?.slice(6)).toEqual(["3:1", "3:0"]);
  expect(world.handled).toBe(8);
});

test("with roundsMax=1 every message is a frame of its own, and frames never end early", () => {
  const world = createTestWorld({
    actors: [
      scripted("a", {
        both: (ctx) => {
          ctx.send("b/1", ActSchema, { what: "one" });
          ctx.send("b/1", ActSchema, { what: "two" });
        },
      }),
      scripted("b"),
    ],
    limits: { roundsMax: 1 },
  });
  act(world, ["b/1", "hello"], ["a/1", "hello"]);
  act(world, ["a/1", "both"]);
  expect(seenBy(world, "b/1")).toEqual(["1 hello:0"]);
  world.step();
  expect(seenBy(world, "b/1")).toEqual(["1 hello:0", "3 one:0", "3 two:0"]);
});
