import { zstdDecompressSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { DeliverPackRequestSchema } from "../../gen/tellurion/v1/bridge_pb.ts";
import { bytesOfBase64url } from "./base64url.ts";
import type { ReceivedMessage } from "./queue.ts";
import { shown } from "./shown.ts";
import type { Problem, Understood } from "./understood.ts";

/** Of a pack, decompressed: more than any publisher puts into one. */
const packBytesMax = 262_144;
const lengthBytes = 4;
const callMsMax = 30_000;

type DecodedPack = { readonly pack: Uint8Array } | Problem;

/** Reads the events of another part of the world out of a message. */
export function understandPack({
  body,
  attributes,
}: Pick<ReceivedMessage, "body" | "attributes">): Understood {
  const { s: stream, e: epoch, q: sequence, n: count, c: codec } = attributes;
  if (codec === "json") {
    const error = `stream ${shown(stream)} is published as JSON, which a part of a world does not read; set out.format to packs or events there`;
    return { reason: "not-supported", error };
  }
  if (codec === undefined) return undecodable(unannounced(body));
  if (stream === undefined || epoch === undefined) {
    return undecodable(`attributes s=${shown(stream)} and e=${shown(epoch)} must both be there`);
  }
  if (!/^[1-9]\d{0,14}$/.test(sequence ?? "")) {
    return undecodable(`attribute q=${shown(sequence)} is not valid; valid are integers from 1`);
  }
  const decoded = decodePack(body, codec);
  if ("reason" in decoded) return decoded;
  const { pack } = decoded;
  const events = eventsIn(pack);
  if (events === undefined) return undecodable("the lengths of the pack's events do not add up");
  if (count !== undefined && Number(count) !== events.length) {
    const error = `attribute n=${shown(count)} is not valid; the pack has ${events.length} events`;
    return undecodable(error);
  }
  const request = create(DeliverPackRequestSchema, {
    ...{ stream, epoch, pack },
    sequence: BigInt(sequence ?? 0),
  });
  // Without a key: `bridge/main` knows which packs it has had, and a key for each would push those of commands out of
  // the inbox. The method is durable: it is answered when the frame cannot be lost any more.
  const call = {
    method: "tellurion.v1.BridgeService/DeliverPack",
    payload: { message: toBinary(DeliverPackRequestSchema, request) },
    ...{ idempotencyKey: "", timeoutMs: callMsMax },
  };
  return { call };
}

/** The pack in a message's body. */
export function decodePack(body: string, codec: string | undefined): DecodedPack {
  if (codec !== "raw" && codec !== "zstd" && codec !== "event") {
    return undecodable(`attribute c=${shown(codec)} is not valid; valid are raw, zstd, event`);
  }
  const bytes = bytesOfBase64url(body);
  if (bytes === undefined) return undecodable("the body is not base64url without padding");
  if (codec === "event") return { pack: packOfOne(bytes) };
  if (codec === "raw") return bytes.length > packBytesMax ? tooLarge() : { pack: bytes };
  try {
    return { pack: zstdDecompressSync(bytes, { maxOutputLength: packBytesMax }) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return tooLarge();
    return undecodable(`the body is not compressed with zstd: ${(error as Error).message}`);
  }
}

function packOfOne(event: Uint8Array): Uint8Array {
  const pack = Buffer.alloc(lengthBytes + event.length);
  pack.writeUInt32BE(event.length);
  pack.set(event, lengthBytes);
  return pack;
}

/** The events of a pack, encoded. Undefined: their lengths do not add up. */
export function eventsIn(pack: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(pack.buffer, pack.byteOffset, pack.byteLength);
  const events: Uint8Array[] = [];
  let at = 0;
  while (at + lengthBytes <= pack.length) {
    const start = at + lengthBytes;
    at = start + view.getUint32(at);
    events.push(pack.subarray(start, at));
  }
  return at === pack.length ? events : undefined;
}

function unannounced(body: string): string {
  const wrapped = body.startsWith("{") && body.includes('"Type"');
  const why = wrapped ? "; the subscription is to have raw message delivery" : "";
  return `attribute c is missing; valid are raw, zstd, event${why}`;
}

function tooLarge(): Problem {
  const error = `the pack is not valid; valid are up to ${packBytesMax} bytes, decompressed`;
  return { reason: "too-large", error };
}

function undecodable(error: string): Problem {
  return { reason: "undecodable", error };
}
