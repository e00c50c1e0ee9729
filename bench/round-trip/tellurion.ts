import { setTimeout as delay } from "node:timers/promises";
import { startWorld, type World } from "../../src/runtime/host.ts";
import {
  AskerService,
  AskOftenSchema,
  BeginSchema,
  type GetRoundTripsResponse,
} from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { check, type Effort } from "../table.ts";
import { call, failureOf } from "../world-calls.ts";

/** So few that the frame ends in time: in between, the threads sleep as they do in a world at half load. */
const asksPerFrame = 200;
const samplesMin = 200;

/** Microseconds of each of the last round trips between two actors: on different workers, or on the only one. */
export async function measureAsk(workers: 1 | 2, effort: Effort): Promise<readonly number[]> {
  const asker = { target: "answerer/0", asks: asksPerFrame };
  const world = await startWorld({
    name: "bench-round-trip",
    seed: 1,
    workers,
    fixedPlacement: true,
    tickHz: 60,
    actorsModule: new URL("./actors.ts", import.meta.url),
    // New actors go to the worker with the fewest.
    bootstrap: [
      { address: "answerer/0", type: BeginSchema, message: {} },
      { address: "asker/0", type: AskOftenSchema, message: asker as never },
    ],
    limits: { roundsMax: asksPerFrame * 2 + 8 },
  });
  try {
    return await Promise.race([failureOf(world), measure(world, workers, effort)]);
  } finally {
    await world.stop();
  }
}

async function measure(world: World, workers: number, effort: Effort): Promise<readonly number[]> {
  const { getRoundTrips } = AskerService.method;
  let trips: GetRoundTripsResponse;
  do {
    await delay(effort.warmMs + effort.measureMs);
    trips = await call(world, "0", getRoundTrips, { asker: "0" });
  } while (trips.us.length < samplesMin);
  const { us, workerAsking, workerAnswering } = trips;
  const where = `the actors sit on workers ${workerAsking} and ${workerAnswering}`;
  check((workerAsking !== workerAnswering) === workers > 1, where);
  const { deadLetters } = world.metrics();
  check(deadLetters === 0, `deadLetters=${deadLetters}`);
  return us;
}
