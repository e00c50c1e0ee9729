import { parentPort } from "node:worker_threads";
import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { codecOf, type FeedEnd, FeedReader } from "../../src/runtime/index.ts";
import { digest } from "../events.ts";

/** Reads a feed and counts what it read, and nothing else. Asked with "tally", it answers. */
const pollMs = 5;
const codec = codecOf(WeatherEventSchema);
const tally = { count: 0, checksum: 0, lost: 0, frame: 0 };
let reader: FeedReader | undefined;

parentPort?.on("message", (message: FeedEnd | "tally") => {
  if (message === "tally") {
    read();
    parentPort?.postMessage(tally);
  } else {
    reader = new FeedReader(message, [WeatherEventSchema]);
    setInterval(read, pollMs);
  }
});

function read(): void {
  if (!reader) return;
  tally.frame = reader.read((_frame, events) => {
    tally.count += events.length;
    for (const { bytes, start, end } of events) {
      tally.checksum = (tally.checksum + digest(codec.decode(bytes, start, end))) | 0;
    }
  });
  tally.lost = reader.lost;
}
