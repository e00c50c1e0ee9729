// Set up as in its documentation, "Querying" and "Hierarchy": https://nact.xyz/en_uk/lesson/javascript/querying
import { dispatch, query, spawn, start, stop } from "nact";
import { pairs } from "../../exchange/pairs.ts";
import { servePeer } from "../serve.ts";
import { checkAnswer, type ExchangeRequest, repeat } from "./exchange.ts";

const timeoutMs = 10_000;
/** Exchanges of each pair before the clock is looked at; actors that live and die together. */
const exchangesPerTurn = 20;
const actorsPerTurn = 500;

const system = start();

function ask() {
  const answerer = spawn(
    system,
    (_state: unknown, { number, sender }: { number: number; sender: never }) =>
      dispatch(sender, -number),
    "answerer",
  );
  let number = 0;
  return async () => {
    number += 1;
    const asked = number;
    checkAnswer(
      await query(answerer, (sender: unknown) => ({ number: asked, sender }), timeoutMs),
      asked,
    );
    return 1;
  };
}

interface Ball {
  readonly number: number;
  readonly from: never;
}

function pingPong() {
  let left = 0;
  let over: () => void = () => {};
  const servers = Array.from({ length: pairs }, (_, i) => {
    const returner = spawn(
      system,
      (_state: unknown, { number, from }: Ball) => dispatch(from, { number }),
      `returner-${i}`,
    );
    return spawn(
      system,
      (state: number | undefined, { number }: Ball, ctx: { self: never }) => {
        // -1 is a turn's first: nothing comes back yet.
        if (number >= 0 && number !== state) throw new Error(`${number} came back, not ${state}`);
        if (number % exchangesPerTurn === exchangesPerTurn - 1) {
          left -= 1;
          if (left === 0) over();
          return number;
        }
        dispatch(returner, { number: number + 1, from: ctx.self });
        return number + 1;
      },
      `server-${i}`,
    );
  });
  return async () => {
    left = pairs;
    const done = new Promise<void>((resolve) => {
      over = resolve;
    });
    for (const server of servers) dispatch(server, { number: -1 });
    await done;
    return pairs * exchangesPerTurn;
  };
}

function spawnStop() {
  let number = 0;
  return async () => {
    let left = actorsPerTurn;
    await new Promise<void>((resolve) => {
      for (let i = 0; i < actorsPerTurn; i += 1) {
        number += 1;
        const actor = spawn(
          system,
          (_state: unknown, _message: unknown, ctx: { self: never }) => {
            stop(ctx.self);
            left -= 1;
            if (left === 0) resolve();
          },
          `mayfly-${number}`,
        );
        dispatch(actor, {});
      }
    });
    return actorsPerTurn;
  };
}

servePeer((request: ExchangeRequest) => {
  const turns = { ask, "ping-pong": pingPong, "spawn-stop": spawnStop };
  return repeat(request, turns[request.what]());
});
