// Set up as in its documentation, "Getting started": https://nact.xyz/en_uk/lesson/javascript/getting-started
import { dispatch, spawn, start } from "nact";
import { servePeer } from "../serve.ts";
import { type FramesRequest, pump, Sink, Source, turn } from "./messages.ts";

/** Actors that keep their tallies in their states, on the one thread that nact knows. */
servePeer(async (request: FramesRequest) => {
  const { payload, pattern, fan } = request;
  const source = new Source(payload);
  const sink = new Sink(payload);
  const system = start();
  const many = <Message>(count: number, name: string, act: (message: Message) => void) =>
    Array.from({ length: count }, (_, i) =>
      spawn(
        system,
        (state: Sink = sink, message: Message) => {
          act(message);
          return state;
        },
        `${name}-${i}`,
      ),
    );
  const receivers = pattern === "fan-out" ? fan : 1;
  const consumers = many(receivers, "consumer", (message: object) => sink.take(message));
  const [consumer] = consumers;
  // Told how many there shall be in all when it has sent its share.
  const senders = many(pattern === "fan-in" ? fan : 0, "sender", (count: number) => {
    while (source.count < count) dispatch(consumer, source.next());
  });
  let told = 0;
  const sendTo = (count: number): void => {
    // An actor handles one message in each turn of the event loop: to tell senders of every single one would slow it down.
    if (count - told >= turn && senders.length > 0) {
      for (const [i, sender] of senders.entries()) {
        dispatch(sender, told + Math.ceil(((count - told) * (i + 1)) / senders.length));
      }
      told = count;
    }
    while (senders.length === 0 && source.count < count) {
      const message = source.next();
      for (const one of consumers) dispatch(one, message);
    }
  };
  const measured = await pump(request, source, () => sink.count, sendTo);
  return { ...measured, sent: source.tally, got: sink.tally };
});
