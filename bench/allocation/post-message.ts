import { MessageChannel } from "node:worker_threads";
import { digest, type ReadEvent } from "../events.ts";
import { type Format, type FormatName, formatOf } from "../frames/formats.ts";
import { check } from "../table.ts";
import { HeapMeter } from "./heap.ts";

const turn = 64;
const messagesFull = 2_048;
const exchangesWarm = 10;
const exchangesMeasured = 7;

/** Bytes of heap for each event that a thread sends and handles by postMessage: here, to and from itself. */
export async function measurePostMessage(name: FormatName, scale: number): Promise<number> {
  const messages = Math.ceil((messagesFull * scale) / turn) * turn;
  const format = formatOf(name, "weather");
  const meter = new HeapMeter();
  const measured: number[] = [];
  for (let i = 0; i < exchangesWarm + exchangesMeasured; i += 1) {
    meter.begin();
    await exchange(format, messages);
    const bytes = meter.end();
    if (i >= exchangesWarm && !Number.isNaN(bytes)) measured.push(bytes);
  }
  check(measured.length * 2 > exchangesMeasured, "most exchanges had their heap collected");
  measured.sort((a, b) => a - b);
  return (measured[Math.floor(measured.length / 2)] as number) / messages;
}

function exchange({ at, pack, unpack }: Format, messages: number): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  let sent = 0;
  let sum = 0;
  let handled = 0;
  const sendSome = (): void => {
    for (let i = 0; i < turn; i += 1) {
      const event = at(sent) as ReadEvent;
      sent += 1;
      sum = (sum + digest(event)) | 0;
      port1.postMessage(pack(event));
    }
  };
  return new Promise((resolve, reject) => {
    port2.on("message", (message: unknown) => {
      sum = (sum - digest(unpack(message) as ReadEvent)) | 0;
      handled += 1;
      if (handled < sent) return;
      if (sent < messages) return sendSome();
      port1.close();
      try {
        check(handled === messages && sum === 0, `sent ${sent}, handled ${handled}, over ${sum}`);
        resolve();
      } catch (error) {
        reject(error);
      }
    });
    sendSome();
  });
}
