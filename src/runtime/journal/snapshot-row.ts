import { createHash } from "node:crypto";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";

/** A snapshot as its table holds it. The hash is of what is stored: damage is found before anything is unpacked. */
export interface SnapshotRow {
  /** Bytes before compression. */
  readonly size: number;
  readonly sha256: Uint8Array;
  readonly body: Uint8Array;
}

/** Snapshots are written often and read seldom: speed before size. */
const compressionLevel = 1;

export function packSnapshot(body: Uint8Array): SnapshotRow {
  const params = { [constants.ZSTD_c_compressionLevel]: compressionLevel };
  const compressed = zstdCompressSync(body, { params });
  return { size: body.length, sha256: hashOf(compressed), body: compressed };
}

/** Undefined when the row is damaged. */
export function unpackSnapshot(row: SnapshotRow): Uint8Array | undefined {
  if (!hashOf(row.body).equals(row.sha256)) return undefined;
  try {
    const body = zstdDecompressSync(row.body, { maxOutputLength: Math.max(row.size, 1) });
    return body.length === row.size ? body : undefined;
  } catch {
    return undefined;
  }
}

function hashOf(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
