import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/**
 * What a crash has left at the end of SQLite's write-ahead log (https://www.sqlite.org/fileformat2.html#walformat).
 *
 *   header, 32 bytes   magic, format, page size, checkpoint number, salt 1, salt 2, checksum of the 24 bytes before
 *   frame              page number, database size after a commit (0: no commit), salt 1, salt 2, checksum; the page
 *
 * A frame counts when its salts are the header's and its checksum continues the one before it; what has been written
 * counts up to the last commit. Behind it, frames with other salts are left from before the log began anew: these
 * are no loss, the others are. SQLite comes to the same end by itself, but says nothing of it.
 */
const headerBytes = 32;
const frameHeaderBytes = 24;
const checkedHeaderBytes = 24;
const checkedFrameHeaderBytes = 8;
const magicLittleEndian = 0x377f0682;
const magicBigEndian = 0x377f0683;
const pageBytesMax = 65_536;

/** What lies behind the last transaction that counts. */
export interface WalTail {
  readonly bytes: number;
  /** Transactions that end in it. One can have been torn as it was written; more were whole once. */
  readonly commits: number;
  /** Where it begins in the log. */
  readonly from: number;
}

/** Looks at what is in no transaction of a log. */
export function readWalTail(walPath: string): WalTail {
  const file = openIfThere(walPath);
  if (file === undefined) return { bytes: 0, commits: 0, from: 0 };
  try {
    return scan(file);
  } finally {
    closeSync(file);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function scan(file: number): WalTail {
  const header = new DataView(new ArrayBuffer(headerBytes));
  const headerRead = readFully(file, header, 0);
  const log = readHeader(header, headerRead);
  if (log === undefined) return { bytes: fstatSync(file).size, commits: 0, from: 0 };
  const frame = new DataView(new ArrayBuffer(frameHeaderBytes + log.pageBytes));
  let position = headerBytes;
  let committed = headerBytes;
  let intact = true;
  let commits = 0;
  for (;;) {
    const read = readFully(file, frame, position);
    if (read === 0 || !hasSaltsOf(header, frame, read)) break;
    intact &&= read === frame.byteLength && log.checksum.continues(frame);
    position += read;
    if (frame.getUint32(4) === 0) continue;
    if (intact) committed = position;
    else commits += 1;
  }
  return { bytes: position - committed, commits, from: committed };
}

interface Log {
  readonly pageBytes: number;
  readonly checksum: Checksum;
}

/** Undefined when the header was not written to its end: then nothing behind it counts. */
function readHeader(header: DataView, read: number): Log | undefined {
  if (read < headerBytes) return undefined;
  const magic = header.getUint32(0);
  if (magic !== magicLittleEndian && magic !== magicBigEndian) return undefined;
  const pageBytes = header.getUint32(8);
  if (pageBytes < 512 || pageBytes > pageBytesMax) return undefined;
  const checksum = new Checksum(magic === magicLittleEndian);
  checksum.add(header, 0, checkedHeaderBytes);
  return checksum.isAt(header, checkedHeaderBytes) ? { pageBytes, checksum } : undefined;
}

/** Of a frame that was cut before its salts, nothing speaks against them. */
function hasSaltsOf(header: DataView, frame: DataView, read: number): boolean {
  if (read < 16) return true;
  return (
    frame.getUint32(8) === header.getUint32(16) && frame.getUint32(12) === header.getUint32(20)
  );
}

/** The checksum runs through header and frames: each continues the one before. */
class Checksum {
  readonly #littleEndian: boolean;
  #a = 0;
  #b = 0;

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian;
  }

  add(bytes: DataView, from: number, to: number): void {
    for (let i = from; i < to; i += 8) {
      this.#a = (this.#a + bytes.getInt32(i, this.#littleEndian) + this.#b) | 0;
      this.#b = (this.#b + bytes.getInt32(i + 4, this.#littleEndian) + this.#a) | 0;
    }
  }

  /** What is stored is big-endian, whatever the words that were added up. */
  isAt(bytes: DataView, offset: number): boolean {
    return bytes.getInt32(offset) === this.#a && bytes.getInt32(offset + 4) === this.#b;
  }

  continues(frame: DataView): boolean {
    this.add(frame, 0, checkedFrameHeaderBytes);
    this.add(frame, frameHeaderBytes, frame.byteLength);
    return this.isAt(frame, 16);
  }
}

function readFully(file: number, into: DataView, position: number): number {
  let read = 0;
  while (read < into.byteLength) {
    const more = readSync(file, into, read, into.byteLength - read, position + read);
    if (more === 0) break;
    read += more;
  }
  return read;
}
