/** The bytes of a text. Undefined: it is not base64url without padding. */
export function bytesOfBase64url(text: string): Uint8Array | undefined {
  // Node skips what it does not know, and would read half of a text.
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) return undefined;
  return Buffer.from(text, "base64url");
}
