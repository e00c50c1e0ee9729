import { decodeMessage, readHeader } from "../../clients/consumer/src/index.ts";
import { type Case, check } from "../table.ts";
import { eventsPerPack, packAttributes, packBody } from "./packs.ts";

/** Events a second that the consumer library decodes, of full packs in memory. */
export function decodingCase(codec: "raw" | "zstd"): Case {
  return {
    rows: [{ row: `decoded from ${codec} packs`, unit: "events/s" }],
    run: async ({ warmMs, measureMs }) => {
      const attributes = packAttributes(1, codec);
      const body = packBody(codec);
      let events = 0;
      const runFor = (ms: number): number => {
        const began = performance.now();
        events = 0;
        do events += decodeMessage(readHeader(attributes), body).events.length;
        while (performance.now() - began < ms);
        return performance.now() - began;
      };
      runFor(warmMs);
      const tookMs = runFor(measureMs);
      check(events >= eventsPerPack, "no pack was decoded");
      return [(events * 1_000) / tookMs];
    },
  };
}
