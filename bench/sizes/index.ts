import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { DayPhase, TimeEventSchema } from "../../src/gen/tellurion/v1/clock_pb.ts";
import { codecOf } from "../../src/runtime/index.ts";
import { type Kind, kinds } from "../codec/kinds.ts";
import type { Case, Table } from "../table.ts";

const count = 4_096;
/** Some way into the year 2000. */
const gameMs = 63_104_400_000_000n;

/** Time as a world tells it, with all that a calendar has, each time another second. */
function timeAt(n: number) {
  const at = gameMs + BigInt(n) * 1_000n;
  return {
    reading: {
      gameMs: at,
      atFrame: BigInt(n) * 60n,
      scale: { numerator: 60n, denominator: 1n },
      calendar: {
        ...{ year: 2_000n, month: 7, day: 14, hour: n % 24, minute: n % 60, second: n % 60 },
        ...{ dayOfYear: 195, dayOfWeek: 3, phase: DayPhase.DAY, season: "summer" },
        moonPhases: [0.25 + n / 1e6, 0.75],
      },
    },
    previousGameMs: at - 1_000n,
    settledGameMs: at,
  };
}

/** JSON as one would write it: names of fields, no fields that are empty, 64-bit integers as numbers. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

function sizeCase(name: string, { schema, at }: Pick<Kind, "schema" | "at">): Case {
  const codec = codecOf(schema);
  const mean = (sizeOf: (message: MessageInitShape<DescMessage>) => number): number =>
    Array.from({ length: count }, (_, n) => sizeOf(at(n) as never)).reduce((a, b) => a + b) / count;
  return {
    rows: ["protobuf", "json"].map((format) => ({ row: `${name}, ${format}`, unit: "bytes" })),
    run: async () => [
      mean((message) => codec.toBytes(message).length),
      mean((message) => Buffer.byteLength(JSON.stringify(message, plain))),
    ],
  };
}

const time = { schema: TimeEventSchema, at: timeAt };

export const sizes: Table = {
  name: "sizes",
  about: "mean size of a message's encoding",
  cases: Object.entries({ ...kinds, time }).map(([name, kind]) => sizeCase(name, kind)),
  bars: [],
};
