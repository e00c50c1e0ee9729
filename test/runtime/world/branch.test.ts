import fc from "fast-check";
import { expect, test } from "vitest";
import { createTestWorld, type TestWorld } from "../../../src/runtime/testkit/index.ts";
import { ChaosSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import {
  AccountStateSchema,
  LedgerService,
  PulseStateSchema,
} from "../../gen/tellurion/test/v1/ledger_pb.ts";
import { actors, bootstrap } from "../../support/chaos.ts";
import { actors as ledger, bootstrap as ledgerBootstrap } from "../../support/ledger-world.ts";

function chaos(frames: number): TestWorld {
  const world = createTestWorld({ actors, bootstrap, workers: 2, seed: 5 });
  world.step(frames);
  return world;
}

function poke(world: Pick<TestWorld, "send">, value: number): void {
  world.send(`return/${value % 40}`, ChaosSchema, { hops: 3, value: BigInt(value) });
}

test("a branch to which the same happens comes to the same as its world, frame by frame", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(1_000)), (frames, values) => {
      const world = chaos(frames);
      const branch = world.branch();
      expect(branch.frame).toBe(world.frame);
      for (const value of values) {
        for (const one of [world, branch]) poke(one, value);
        world.step();
        branch.run(1);
        expect(branch.hash).toBe(world.hash());
      }
    }),
    { numRuns: 8 },
  );
});

test("what happens in a branch happens neither in its world nor in other branches", () => {
  const world = createTestWorld({ actors: ledger, bootstrap: ledgerBootstrap });
  world.step(10);
  const [branch, still] = [world.branch(), world.branch()];
  const before = world.hash();
  branch.run(500);
  expect(branch.stateOf("pulse/one", PulseStateSchema)?.beats).toBeGreaterThan(500n);
  expect(world.hash()).toBe(before);
  expect(still.hash).toBe(before);
  expect(still.fork().hash).toBe(before);
});

test("a branch goes on with the effects and commands of its world unanswered", () => {
  const world = createTestWorld({ actors: ledger, bootstrap: ledgerBootstrap });
  const { record } = LedgerService.method;
  world.call(record, { account: "a", id: "one", amount: 5n, receipt: true });
  const branch = world.branch();
  branch.run(10);
  expect(world.effects).toHaveLength(1);
  expect(branch.frame).toBe(world.frame + 10);
});

test("a branch takes commands, and refuses what is none of them", () => {
  const world = createTestWorld({ actors: ledger, bootstrap: ledgerBootstrap });
  const { record, getAccount } = LedgerService.method;
  world.step(3);
  const branch = world.branch();
  branch.command(record, "a", { account: "a", id: "one", amount: 5n });
  branch.run(2);
  expect(branch.stateOf("account/a", AccountStateSchema)?.total).toBe(5n);
  expect(world.actors).not.toContain("account/a");
  expect(() => branch.command(getAccount, "a", { account: "a" })).toThrow(/no command/);
});

test("a fork that is asked for while messages are on their way begins when they have arrived", () => {
  const branch = chaos(3).branch();
  poke(branch, 7);
  const { frame } = branch;
  const fork = branch.fork();
  expect(fork.frame).toBeGreaterThan(frame);
  expect(fork.frame).toBe(branch.frame);
  expect(fork.hash).toBe(branch.hash);
});

test("an actor that is not active has no state", () => {
  const world = createTestWorld({ actors: ledger, bootstrap: ledgerBootstrap });
  world.step(5);
  const branch = world.branch();
  expect(branch.stateOf("pulse/one", PulseStateSchema)?.beats).toBeGreaterThan(0n);
  expect(branch.stateOf("pulse/three", PulseStateSchema)).toBeUndefined();
});
