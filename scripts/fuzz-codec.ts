/**
 * Feeds mutated encodings to the codec: every one must be read, by decode, validate and a view, or
 * be refused with MALFORMED_MESSAGE. (A view may read more than the others: it does not look into
 * what a later value replaces.) Anything else, an error of another kind, a hang or memory out of
 * proportion to the input, is a failure, whose bytes are printed.
 *
 *     node scripts/fuzz-codec.ts [--count 1000000] [--seed 1]
 */
import { parseArgs } from "node:util";
import { toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { attach, codecOf, detach } from "../src/runtime/codec/index.ts";
import { TellurionError } from "../src/runtime/errors.ts";
import { EverythingSchema } from "../test/gen/tellurion/test/v1/everything_pb.ts";
import { message } from "../test/runtime/codec/arbitraries.ts";

const { values: options } = parseArgs({
  options: {
    count: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
  },
});
const count = Number(options.count);
const seed = Number(options.seed);

/** Messages that are mutated, over and over. */
const originalsCount = 500;
/**
 * Milliseconds that one input may take: a collection of garbage takes tens, a hang takes forever.
 */
const inputMsMax = 1000;
/** Bytes of heap that may be in use beyond what was at the start. */
const heapGrowthMax = 256 * 2 ** 20;
const failuresShown = 10;

const codec = codecOf(EverythingSchema);
const view = codec.createView();
const space = new Uint8Array(new SharedArrayBuffer(2 ** 20));

/** Mulberry32: a small generator, so that a seed gives the same inputs everywhere. */
function makeRandom(state: number): (limit: number) => number {
  let a = state >>> 0;
  return (limit) => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

const random = makeRandom(seed);
const originals = fc
  .sample(message, { numRuns: originalsCount, seed })
  .map((value) => toBinary(EverythingSchema, value));

/** Bytes at which parsers stumble. */
const awkward = [0x00, 0x7f, 0x80, 0xff, 0x0f, 0x10, 0x08, 0x0a, 0x0b, 0x0c];

/** Puts a mutated message into the space at `start` and returns its end. */
function mutate(start: number): number {
  const original = originals[random(originals.length)] as Uint8Array;
  space.set(original, start);
  let end = start + original.length;
  for (let mutations = 1 + random(4); mutations > 0; mutations--) {
    const at = start + random(end - start + 1);
    const byte = random(3) === 0 ? (awkward[random(awkward.length)] as number) : random(256);
    switch (random(6)) {
      case 0:
        end = at;
        break;
      case 1:
        space.copyWithin(at + 1, at, end++);
        space[at] = byte;
        break;
      case 2: {
        const size = Math.min(random(20), end - at);
        space.copyWithin(end, at, at + size);
        end += size;
        break;
      }
      case 3:
        space.copyWithin(at, at + 1, end);
        end = Math.max(start, end - 1);
        break;
      default:
        if (at < end) space[at] = byte;
    }
  }
  return end;
}

/** True if the action succeeds, false if it finds the bytes malformed. Anything else throws. */
function accepts(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof TellurionError && error.code === "MALFORMED_MESSAGE") return false;
    throw error;
  }
}

function readEveryField(shown: object): void {
  for (const value of Object.values(shown)) {
    if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
      readEveryField(value);
    }
  }
}

function checkOne(start: number, end: number): string | undefined {
  const began = performance.now();
  const decoded = accepts(() => codec.toBytes(codec.decode(space, start, end)));
  const validated = accepts(() => codec.validate(space, start, end));
  const viewed = accepts(() => readEveryField(view[attach](space, start, end)));
  view[detach]();
  const took = performance.now() - began;
  if (decoded !== validated || (decoded && !viewed)) {
    return `decode: ${decoded}, validate: ${validated}, view: ${viewed}`;
  }
  return took > inputMsMax ? `it took ${Math.round(took)} ms` : undefined;
}

function checkMutated(): string | undefined {
  const start = random(64);
  const end = mutate(start);
  const bytes = () => Buffer.from(space.subarray(start, end)).toString("hex");
  try {
    const wrong = checkOne(start, end);
    return wrong === undefined ? undefined : `${wrong}: ${bytes()}`;
  } catch (error) {
    return `${error}: ${bytes()}`;
  }
}

let failed = 0;
const heapBefore = process.memoryUsage().heapUsed;
for (let done = 1; done <= count; done++) {
  const wrong = checkMutated();
  if (wrong !== undefined && ++failed <= failuresShown) console.error(wrong);
  if (done % 100_000 === 0) {
    const heap = process.memoryUsage().heapUsed - heapBefore;
    console.log(`${done} of ${count}, heap ${Math.round(heap / 2 ** 20)} MiB above the start`);
    if (heap > heapGrowthMax) {
      console.error(`the heap grew by ${heap} bytes`);
      failed++;
    }
  }
}
console.log(`${count - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
