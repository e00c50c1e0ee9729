import { serve } from "../../src/server/compose.ts";
import { defaultLimits } from "../../src/server/limits.ts";
import { createLog } from "../../src/server/log.ts";
import { BeginSchema } from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { hz, margin } from "./crowd.ts";
import { onFrameBegan } from "./frame-began.ts";
import type { ServerOrder, ServerSaid, Size } from "./messages.ts";
import { Meter } from "./meter.ts";

const { clients, entities, slow } = JSON.parse(process.argv[2] ?? "{}") as Size;
const meter = new Meter();
/** By then walkers have been told of. */
const framesFirst = 5;
const walking = Promise.withResolvers<void>();
onFrameBegan(({ frame, atMs }) => {
  meter.tickBegan(frame, atMs);
  if (frame >= framesFirst) walking.resolve();
});

/** The whole server, with a world in which there is nothing but walkers. */
const server = await serve({
  world: {
    name: "bench-gateway",
    seed: 1,
    workers: 1,
    tickHz: hz,
    actorsModule: new URL("./actors.ts", import.meta.url),
    bootstrap: [`walkers/${entities}`, ...(slow > 0 ? ["news/all"] : [])].map((address) => ({
      ...{ address, type: BeginSchema, message: {} },
    })),
  },
  host: "127.0.0.1",
  port: 0,
  limits: {
    ...defaultLimits,
    ...{ areaHz: hz, areaMargin: margin },
    ...{ connectionsMax: clients + slow, joinsPerSecondMax: clients },
  },
  log: { ...createLog((line) => process.stderr.write(`${line}\n`)), info() {} },
});

process.on("message", ({ what }: ServerOrder) => {
  // Walkers walk from the first frame on.
  if (what === "begin") meter.begin();
  else if (what === "end") say({ what: "measured", measured: meter.end() });
});
await walking.promise;
say({ what: "listening", port: Number(new URL(server.url).port) });

function say(message: ServerSaid): void {
  process.send?.(message);
}
