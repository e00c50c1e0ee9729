import { type MessagePort, workerData } from "node:worker_threads";
import { type PayloadName, payloadOf } from "../payloads.ts";
import { type FormatName, formatOf } from "./formats.ts";
import { PeerCounters } from "./peer-counters.ts";

/** What a peer is told. */
export interface PeerSetup {
  readonly peer: number;
  readonly format: FormatName;
  readonly payload: PayloadName;
  readonly counters: SharedArrayBuffer;
  readonly port: MessagePort;
}

/** Events on their way to the other peer at most: enough to keep it busy, and no more. */
const windowMax = 4_096;
/** Events sent before the event loop goes round, so that those that came are handled too: many, which helps. */
const turn = 1_024;

/** One of two threads that send each other events, as fast as both can handle what they get. */
function run({ peer, format: name, payload, counters: shared, port }: PeerSetup): void {
  const counters = new PeerCounters(shared);
  const format = formatOf(name, payload);
  const { digest } = payloadOf(payload);
  const other = 1 - peer;
  let handled = 0;
  let handledSum = 0;
  const handle = (event: unknown): void => {
    handled += 1;
    handledSum = (handledSum + digest(event as never)) | 0;
  };
  port.on("message", (message: unknown) => {
    const content = format.unpack(message);
    if (format.batch === 1) handle(content);
    else for (const event of content as readonly unknown[]) handle(event);
    counters.setHandled(peer, handled, handledSum);
  });
  let sent = 0;
  let sentSum = 0;
  const next = (): object => {
    const event = format.at(sent);
    sent += 1;
    sentSum = (sentSum + digest(event as never)) | 0;
    return event;
  };
  const send = (): void => {
    if (counters.stopped) {
      counters.setEnded(peer);
      return;
    }
    const upTo = Math.min(sent + turn, counters.handled(other).count + windowMax);
    while (sent < upTo) {
      const content = format.batch === 1 ? next() : Array.from({ length: format.batch }, next);
      port.postMessage(format.pack(content));
    }
    counters.setSent(peer, sent, sentSum);
    setImmediate(send);
  };
  send();
}

run(workerData as PeerSetup);
