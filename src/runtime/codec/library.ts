import { dataViewOf } from "./memory.ts";
import {
  bytesOf,
  keepUnknown,
  keyToBigInt,
  keyToBool,
  keyToNumber,
  mergePieces,
  setEntry,
} from "./records.ts";
import { isBytes, unknownSize } from "./size.ts";
import { readString } from "./text-reader.ts";
import { writeString } from "./text-writer.ts";
import { attach, detach } from "./types.ts";
import {
  broken,
  copyBytes,
  cursor,
  cursorToInt64,
  cursorToSint64,
  cursorToUint64,
  readLength,
  readTag,
  readVarint,
  scratchBigInts,
  skipValue,
  skipVarint,
} from "./wire.ts";
import {
  closeLength,
  loadInt64,
  loadUint64,
  varintSize,
  writeBytes,
  writeInt32,
  writeLoadedVarint,
  writeLoadedZigzag,
  writeVarint32,
} from "./write.ts";

/** What the generated code of every message type uses, by these names. */
export const library = {
  /** The bytes of a field that is absent. */
  EMPTY: new Uint8Array(0),
  /** A oneof of which no member is there. */
  NO_CASE: Object.freeze({ case: undefined }),
  attach,
  broken,
  bytesOf,
  closeLength,
  copyBytes,
  cursor,
  cursorToInt64,
  cursorToSint64,
  cursorToUint64,
  dataViewOf,
  detach,
  isBytes,
  keyToBigInt,
  keyToBool,
  keyToNumber,
  loadInt64,
  loadUint64,
  mergePieces,
  outside,
  readLength,
  readString,
  readTag,
  readVarint,
  scratchBigInts,
  setEntry,
  skipValue,
  skipVarint,
  keepUnknown,
  unknownSize,
  varintSize,
  writeBytes,
  writeInt32,
  writeLoadedVarint,
  writeLoadedZigzag,
  writeString,
  writeVarint32,
};

/** The caller's mistake, not the sender's: hence no error of the catalogue. */
export function outside(bytes: Uint8Array, start: number, end: number): never {
  throw new RangeError(
    `record [${start}, ${end}) is outside of its array of ${bytes.length} bytes`,
  );
}
