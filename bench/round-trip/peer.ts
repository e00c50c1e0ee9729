import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { answerOn, answerThrough, askOn, askThrough, type Samples } from "./exchange.ts";

/** What a peer is told. Whoever asks hands its samples to the main thread. */
export type PeerSetup =
  | { readonly does: "ask-through"; readonly port: MessagePort; readonly asks: number }
  | { readonly does: "answer-through"; readonly port: MessagePort }
  | { readonly does: "ask-on"; readonly words: Int32Array; readonly asks: number }
  | { readonly does: "answer-on"; readonly words: Int32Array; readonly asks: number };

const setup = workerData as PeerSetup;
const give = (samples: Samples): void => parentPort?.postMessage(samples);

switch (setup.does) {
  case "ask-through":
    give(await askThrough(setup.port, setup.asks));
    break;
  case "answer-through":
    answerThrough(setup.port);
    break;
  case "ask-on":
    give(askOn(setup.words, setup.asks));
    break;
  case "answer-on":
    answerOn(setup.words, setup.asks);
}
