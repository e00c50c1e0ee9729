import { frameworkCase, worldCase } from "../frames/cases.ts";
import type { ExchangeRequest } from "../peers/exchange/exchange.ts";
import type { Case, Effort, Table } from "../table.ts";
import { pairs } from "./pairs.ts";
import { askFramework } from "./peer-frameworks.ts";
import { measurePostMessagePlay } from "./post-message.ts";
import { measurePingPong, measureSpawnStop } from "./tellurion.ts";

const fanIn = { payload: "weather", pattern: "fan-in", fan: 16 } as const;

function rateCase(row: string, unit: string, run: (effort: Effort) => Promise<number>): Case {
  return { rows: [{ row, unit }], run: async (effort) => [await run(effort)] };
}

function peerCase(
  row: string,
  unit: string,
  peer: "nact" | "comedy",
  what: ExchangeRequest["what"],
  args: readonly string[] = [],
): Case {
  const run = async (effort: Effort) => (await askFramework(peer, what, effort, args)).perSecond;
  return { ...rateCase(row, unit, run), needsPeers: true };
}

export const exchange: Table = {
  name: "exchange",
  about: `16 actors tell one, ${pairs} pairs play ping-pong, actors begin, get a message and stop`,
  cases: [
    worldCase("fan-in 16, tellurion-1", { ...fanIn, workers: 1 }),
    worldCase("fan-in 16, tellurion-2", { ...fanIn, workers: 2 }),
    frameworkCase("fan-in 16, nact, one thread", "nact", fanIn),
    rateCase("ping-pong, tellurion-1", "exchanges/s", (effort) => measurePingPong(1, effort)),
    rateCase("ping-pong, tellurion-2", "exchanges/s", (effort) => measurePingPong(2, effort)),
    rateCase("ping-pong, clone-postmessage", "exchanges/s", measurePostMessagePlay),
    peerCase("ping-pong, nact, one thread", "exchanges/s", "nact", "ping-pong"),
    peerCase("ping-pong, comedy, one thread", "exchanges/s", "comedy", "ping-pong", ["in-memory"]),
    peerCase("ping-pong, comedy, two threads", "exchanges/s", "comedy", "ping-pong"),
    rateCase("spawn-stop, tellurion-1", "actors/s", measureSpawnStop),
    peerCase("spawn-stop, nact, one thread", "actors/s", "nact", "spawn-stop"),
    peerCase("spawn-stop, comedy, one thread", "actors/s", "comedy", "spawn-stop", ["in-memory"]),
  ],
  bars: [],
};
