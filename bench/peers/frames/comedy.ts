import { mode, startComedy } from "../comedy-system.ts";
import { servePeer } from "../serve.ts";
import { type FramesRequest, Source, turn } from "./messages.ts";

/**
 * One actor on another thread. A send is over when the message has been handed over, so a turn of them is awaited; then
 * a question waits for its turn in the same mailbox.
 */
servePeer(async ({ warmMs, measureMs, payload }: FramesRequest) => {
  const source = new Source(payload);
  const system = startComedy();
  const root = await system.rootActor();
  const consumer = await root.createChild("/frames/comedy-consumer.cjs", {
    mode,
    customParameters: { payload },
  });
  const tally = (): Promise<{ count: number; checksum: number }> =>
    consumer.sendAndReceive("tally");
  const sendFor = async (ms: number): Promise<void> => {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      const sends = Array.from({ length: turn }, () => consumer.send("take", source.next()));
      await Promise.all(sends);
    }
  };
  await sendFor(warmMs);
  const before = await tally();
  const atMs = performance.now();
  await sendFor(measureMs);
  const { count } = await tally();
  const elapsedMs = performance.now() - atMs;
  // A question may overtake what was sent before it: it is asked until all has come.
  let got = await tally();
  while (got.count < source.count) got = await tally();
  await system.destroy();
  return { handled: count - before.count, elapsedMs, sent: source.tally, got };
});
