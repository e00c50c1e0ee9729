const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Beyond this length a call into the engine is faster than a loop here. */
const shortMax = 64;

/** Text of well-formed UTF-8. Throws a TypeError on anything else. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > shortMax) return strict.decode(bytes.subarray(start, end));
  let text = "";
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] as number;
    if (byte >= 0x80) return strict.decode(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}
