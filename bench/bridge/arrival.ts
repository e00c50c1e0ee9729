import { setTimeout as delay } from "node:timers/promises";
import { check, type Effort } from "../table.ts";
import { MirroredWorld, tickHz } from "./mirrored-world.ts";

/** More than what is asked for: what arrives is measured, not what is sent. */
const eventsPerSecond = 120_000;
const warmMs = 4_000;
const measureMs = 8_000;

/** Events a second that a remote service in another process decodes and handles, while a world publishes them. */
export async function measureArrival({ scale }: Effort): Promise<number[]> {
  const mirrored = await MirroredWorld.start({ isBridged: true });
  await mirrored.publish(Math.ceil(eventsPerSecond / tickHz));
  await delay(Math.max(1_000, warmMs * scale));
  while (!mirrored.handled?.count) await delay(50);
  const before = mirrored.handled;
  await delay(Math.max(1_000, measureMs * scale));
  const after = mirrored.handled;
  await mirrored.end();
  const rate = ((after.count - before.count) / (after.atMs - before.atMs)) * 1_000;
  check(rate > 0, "nothing was handled while it was measured");
  return [rate];
}
