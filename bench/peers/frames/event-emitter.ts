import { EventEmitter } from "node:events";
import { servePeer } from "../serve.ts";
import { type FramesRequest, pump, Sink, Source } from "./messages.ts";

/** The floor: a function call on one thread, nothing is carried anywhere. */
servePeer(async (request: FramesRequest) => {
  const source = new Source(request.payload);
  const sink = new Sink(request.payload);
  const emitter = new EventEmitter().setMaxListeners(request.fan);
  for (let i = 0; i < request.fan; i += 1) {
    emitter.on("event", (event: unknown) => sink.take(event));
  }
  const sendTo = (count: number): void => {
    while (source.count < count) emitter.emit("event", source.next());
  };
  const measured = await pump(request, source, () => sink.count, sendTo);
  return { ...measured, sent: source.tally, got: sink.tally };
});
