import { MemoryPositions, openConsumer, queueClient } from "../../clients/consumer/src/index.ts";
import type { FullQueue } from "./emulator.ts";

/** What a consumer does with a full queue, in a process of its own: told in events per second. */
export interface ReadRequest extends FullQueue {
  readonly events: number;
}

process.once("message", async ({ endpoint, queueUrl, events }: ReadRequest) => {
  const credentials = { accessKeyId: "none", secretAccessKey: "none" };
  const done = Promise.withResolvers<void>();
  let count = 0;
  let frames = 0;
  const began = performance.now();
  const consumer = await openConsumer({
    client: queueClient({ region: "us-east-1", endpoint, credentials }),
    queueUrl,
    positions: new MemoryPositions(),
    waitSeconds: 1,
    onEvents: (delivery) => {
      for (const event of delivery.events) frames += event.frame;
      count += delivery.events.length;
      if (count >= events) done.resolve();
    },
  });
  await done.promise;
  const perSecond = (count * 1_000) / (performance.now() - began);
  if (frames < count) throw new Error("the events were not read");
  await consumer.close();
  process.send?.(perSecond, () => process.exit());
});
