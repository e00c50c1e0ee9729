import { pairs } from "../../exchange/pairs.ts";
import { mode, startComedy } from "../comedy-system.ts";
import { servePeer } from "../serve.ts";
import { checkAnswer, type ExchangeRequest, repeat } from "./exchange.ts";

const module = "/exchange/answerer.cjs";
const actorsPerTurn = 50;

servePeer(async (request: ExchangeRequest) => {
  const root = await startComedy().rootActor();
  const answerer = await root.createChild(module, { mode });
  let number = 0;
  const ask = async (actor: typeof answerer): Promise<void> => {
    number += 1;
    const asked = number;
    checkAnswer(await actor.sendAndReceive("answer", asked), asked);
  };
  /** So many at once, each by itself. */
  const together = async (count: number, run: () => Promise<void>): Promise<number> => {
    await Promise.all(Array.from({ length: count }, run));
    return count;
  };
  const turns = {
    ask: () => together(1, () => ask(answerer)),
    "ping-pong": () => together(pairs, () => ask(answerer)),
    "spawn-stop": () =>
      together(actorsPerTurn, async () => {
        const actor = await root.createChild(module, { mode });
        await ask(actor);
        await actor.destroy();
      }),
  };
  return await repeat(request, turns[request.what]);
});
