import { EventEmitter } from "node:events";
import type { ReadEvent } from "../../events.ts";
import { pump, Sink, Source, servePeer } from "./exchange.ts";

/** The floor: a function call on one thread, nothing is carried anywhere. */
servePeer(async (request) => {
  const source = new Source();
  const sink = new Sink();
  const emitter = new EventEmitter();
  emitter.on("event", (event: ReadEvent) => sink.take(event));
  const { handled, elapsedMs } = await pump(
    request,
    source,
    () => sink.count,
    (event) => emitter.emit("event", event),
  );
  return { handled, elapsedMs, sent: { ...source }, got: { ...sink } };
});
