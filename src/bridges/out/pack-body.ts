import { constants, zstdCompressSync } from "node:zlib";
import type { OutConfiguration } from "../configuration.ts";
import type { PackCodec } from "./outbox.ts";
import { onlyEventOf } from "./pack.ts";
import { readableJson } from "./readable-json.ts";

/** The fastest one: packs are small, and the others gain little. */
const level = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Of a message's text. With its attributes it is below the 262,144 bytes that SNS takes. */
export const textBytesMax = 260_000;

type BodyOptions = Pick<OutConfiguration, "format" | "compression">;

/** What the messages of a configuration announce. */
export function codecOfFormat({ format, compression }: BodyOptions): PackCodec {
  if (format === "packs") return compression === "zstd" ? "zstd" : "raw";
  return format === "events" ? "event" : "json";
}

/** What a pack's message carries, before it is written as text. A pack of another format than `packs` has one event. */
export function bodyOf(pack: Uint8Array, options: BodyOptions): Uint8Array {
  switch (codecOfFormat(options)) {
    case "raw":
      return pack;
    case "zstd":
      return zstdCompressSync(pack, level);
    case "event":
      return onlyEventOf(pack);
    case "json":
      return new TextEncoder().encode(readableJson(onlyEventOf(pack)));
  }
}

export function textBytesOf(body: Uint8Array, codec: PackCodec): number {
  return codec === "json" ? body.length : Math.ceil((body.length * 4) / 3);
}

/** The text of a message. The same body gives the same text, however often it is sent. */
export function textOfBody(body: Uint8Array, codec: PackCodec): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return codec === "json" ? bytes.toString("latin1") : bytes.toString("base64url");
}
