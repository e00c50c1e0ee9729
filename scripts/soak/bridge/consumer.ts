import { openConsumer, queueClient } from "../../../clients/consumer/src/index.ts";
import { SqlitePositions } from "../../../clients/consumer/src/sqlite-positions.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { Effects } from "./effects.ts";
import {
  credentials,
  effectsFile,
  gapTimeoutMs,
  readSettings,
  region,
  visibilitySeconds,
} from "./settings.ts";

/** A remote service: `node scripts/soak/bridge/consumer.ts SETTINGS`. Says `ready` when it reads. SIGTERM ends it. */
const {
  folder,
  consumerEndpoint: endpoint,
  eventsQueueUrl: queueUrl,
} = readSettings(process.argv[2] ?? "");
const effects = new Effects(effectsFile(folder));
const consumer = await openConsumer({
  client: queueClient({ region, endpoint, credentials }),
  queueUrl,
  positions: new SqlitePositions(effects.database),
  gapTimeoutMs,
  visibilitySeconds,
  waitSeconds: 5,
  onEvents: ({ events, late, stream }) => {
    if (late) effects.note(`events of stream ${stream} are late`);
    const numbered = events.map((event) => {
      return { topic: event.topic, number: Number(event.as(WeatherEventSchema).newState) };
    });
    effects.take(numbered);
  },
  onGap: ({ stream, first, last }) => effects.note(`stream ${stream}: gap ${first} to ${last}`),
  onProblem: ({ kind, text }) => {
    if (kind !== "queue") effects.note(`${kind}: ${text}`);
  },
});
console.log("ready");
process.once("SIGTERM", async () => {
  await consumer.close();
  console.error(JSON.stringify(consumer.counters));
  process.exit(0);
});
