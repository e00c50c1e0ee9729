import { fromBinary, toJsonString } from "@bufbuild/protobuf";
import {
  AreaOriginSchema,
  AreaUpdateSchema,
  ServerMessageSchema,
} from "../../../gen/tellurion/v1/client_pb.ts";
import { roomForMessage } from "../message-room.ts";
import { lengthTag, varintSize, varintTag, writeVarint } from "../varint.ts";
import type { AreaScan } from "./area-scan.ts";
import type { EntityTable } from "./entity-table.ts";
import { recordBytes } from "./position-record.ts";

const fields = AreaUpdateSchema.field;
const updateTag = lengthTag(ServerMessageSchema.field.areaUpdate.number);
const frameTag = varintTag(fields.frame.number);
const leftTag = lengthTag(fields.left.number);
const movedTag = lengthTag(fields.moved.number);
const originTag = lengthTag(fields.origin.number);
const completeTag = varintTag(fields.complete.number);
const i64 = 1;
const originXTag = AreaOriginSchema.field.x.number * 8 + i64;
const originYTag = AreaOriginSchema.field.y.number * 8 + i64;
const originBytes = 1 + 8 + 1 + 8;
const encoder = new TextEncoder();

/** The part of an update that is not in the scan. Centimetres. */
export interface UpdateHead {
  readonly frame: number;
  readonly origin: { readonly x: number; readonly y: number } | undefined;
  readonly complete: boolean;
}

/** A ServerMessage with an AreaUpdate of what a scan found. */
export function encodeAreaUpdate(
  scan: AreaScan,
  table: EntityTable,
  { frame, origin, complete }: UpdateHead,
): Uint8Array {
  const { entered, enteredCount, left, leftCount, moved, movedCount } = scan;
  let leftBytes = 0;
  for (let i = 0; i < leftCount; i += 1) leftBytes += varintSize(left[i] as number);
  const movedBytes = recordBytes * movedCount;
  let body = 1 + varintSize(frame);
  for (let i = 0; i < enteredCount; i += 1) body += table.entryOf(entered[i] as number).length;
  if (leftCount > 0) body += 1 + varintSize(leftBytes) + leftBytes;
  if (movedCount > 0) body += 1 + varintSize(movedBytes) + movedBytes;
  if (origin !== undefined) body += 1 + 1 + originBytes;
  if (complete) body += 2;
  const message = roomForMessage(1 + varintSize(body) + body);
  let at = writeVarint(message, 0, updateTag);
  at = writeVarint(message, at, body);
  at = writeVarint(message, at, frameTag);
  at = writeVarint(message, at, frame);
  for (let i = 0; i < enteredCount; i += 1) {
    const entry = table.entryOf(entered[i] as number);
    message.set(entry, at);
    at += entry.length;
  }
  if (leftCount > 0) {
    at = writeVarint(message, at, leftTag);
    at = writeVarint(message, at, leftBytes);
    for (let i = 0; i < leftCount; i += 1) at = writeVarint(message, at, left[i] as number);
  }
  if (movedCount > 0) {
    at = writeVarint(message, at, movedTag);
    at = writeVarint(message, at, movedBytes);
    message.set(new Uint8Array(moved.buffer, 0, movedBytes), at);
    at += movedBytes;
  }
  if (origin !== undefined) at = writeOrigin(message, at, origin);
  if (complete) {
    message[at] = completeTag;
    message[at + 1] = 1;
  }
  return message;
}

/** The same message in canonical JSON. */
export function areaUpdateToJson(message: Uint8Array): Uint8Array {
  return encoder.encode(
    toJsonString(ServerMessageSchema, fromBinary(ServerMessageSchema, message)),
  );
}

function writeOrigin(message: Buffer, offset: number, { x, y }: { x: number; y: number }): number {
  message[offset] = originTag;
  message[offset + 1] = originBytes;
  message[offset + 2] = originXTag;
  message.writeDoubleLE(x / 100, offset + 3);
  message[offset + 11] = originYTag;
  message.writeDoubleLE(y / 100, offset + 12);
  return offset + 2 + originBytes;
}
