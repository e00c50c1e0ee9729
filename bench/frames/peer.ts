import { type MessagePort, workerData } from "node:worker_threads";
import { digest, type ReadEvent } from "../events.ts";
import { type Format, type FormatName, formats } from "./formats.ts";
import { PeerCounters } from "./peer-counters.ts";

/** What a peer is told. */
export interface PeerSetup {
  readonly peer: number;
  readonly format: FormatName;
  readonly counters: SharedArrayBuffer;
  readonly port: MessagePort;
}

/** Events on their way to the other peer at most: enough to keep it busy, and no more. */
const windowMax = 4_096;
/** Events sent before the event loop goes round, so that those that came are handled too: many, which helps. */
const turn = 1_024;

/** One of two threads that send each other events, as fast as both can handle what they get. */
function run({ peer, format: name, counters: shared, port }: PeerSetup): void {
  const counters = new PeerCounters(shared);
  const format: Format = formats[name];
  const other = 1 - peer;
  let handled = 0;
  let handledSum = 0;
  const handle = (event: ReadEvent): void => {
    handled += 1;
    handledSum = (handledSum + digest(event)) | 0;
  };
  port.on("message", (message: unknown) => {
    const content = format.unpack(message);
    if (format.batch === 1) handle(content as ReadEvent);
    else for (const event of content as readonly ReadEvent[]) handle(event);
    counters.setHandled(peer, handled, handledSum);
  });
  let sent = 0;
  let sentSum = 0;
  const next = (): ReadEvent => {
    const event = format.eventAt(sent);
    sent += 1;
    sentSum = (sentSum + digest(event)) | 0;
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
