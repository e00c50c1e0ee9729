// Set up as in its documentation, "Getting started": https://nact.xyz/en_uk/lesson/javascript/getting-started
import { dispatch, spawn, start } from "nact";
import type { ReadEvent } from "../../events.ts";
import { pump, Sink, Source, servePeer } from "./exchange.ts";

/** One actor that keeps its tally in its state, on the one thread that nact knows. */
servePeer(async (request) => {
  const source = new Source();
  const sink = new Sink();
  const system = start();
  const consumer = spawn(
    system,
    (state: Sink = sink, event: ReadEvent) => {
      state.take(event);
      return state;
    },
    "consumer",
  );
  const { handled, elapsedMs } = await pump(
    request,
    source,
    () => sink.count,
    (event) => dispatch(consumer, event),
  );
  return { handled, elapsedMs, sent: { ...source }, got: { ...sink } };
});
