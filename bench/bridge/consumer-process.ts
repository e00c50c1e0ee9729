import { MemoryPositions, openConsumer, queueClient } from "../../clients/consumer/src/index.ts";
import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { codecOf } from "../../src/runtime/index.ts";
import { digest } from "../events.ts";
import { stepAside } from "./step-aside.ts";

/** What a consumer is told. */
export interface ConsumerSetup {
  readonly endpoint: string;
  readonly region: string;
  readonly queueUrl: string;
}

/** What it has handled so far. */
export interface Handled {
  readonly count: number;
  readonly checksum: number;
  /** Events that did not come in the order of their frames. */
  readonly disorder: number;
  readonly atMs: number;
}

const tellMs = 100;
const codec = codecOf(WeatherEventSchema);

/** A remote service that decodes each event, down to its fields, and counts. */
process.once("message", async ({ endpoint, region, queueUrl }: ConsumerSetup) => {
  stepAside();
  const handled = { count: 0, checksum: 0, disorder: 0 };
  let lastFrame = 0;
  await openConsumer({
    client: queueClient({
      ...{ region, endpoint },
      credentials: { accessKeyId: "bench", secretAccessKey: "bench" },
    }),
    queueUrl,
    positions: new MemoryPositions(),
    onEvents: ({ events }) => {
      for (const { payload, frame } of events) {
        handled.count += 1;
        handled.checksum = (handled.checksum + digest(codec.decode(payload))) | 0;
        if (frame < lastFrame) handled.disorder += 1;
        lastFrame = frame;
      }
    },
  });
  setInterval(() => process.send?.({ ...handled, atMs: performance.now() }), tellMs);
  process.send?.("ready");
  process.once("disconnect", () => process.exit(0));
});
