/** Bytes of a protobuf varint. `value` is an integer from 0 to 2^53 - 1. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

/** Writes a varint at `offset` and returns the offset behind it. */
export function writeVarint(target: Uint8Array, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  while (rest > 127) {
    target[at] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
    at += 1;
  }
  target[at] = rest;
  return at + 1;
}

/** The tag of a field whose value is a length and that many bytes. */
export function lengthTag(field: number): number {
  return field * 8 + 2;
}

/** The tag of a field whose value is a varint. */
export function varintTag(field: number): number {
  return field * 8;
}
