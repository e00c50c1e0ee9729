import { AreaUpdateSchema, EntityEnteredSchema } from "../../../gen/tellurion/v1/client_pb.ts";
import { lengthTag, varintSize, varintTag, writeVarint } from "../varint.ts";

const fields = EntityEnteredSchema.field;
const enteredTag = lengthTag(AreaUpdateSchema.field.entered.number);
const numberTag = varintTag(fields.number.number);
const idTag = lengthTag(fields.id.number);
const kindTag = lengthTag(fields.kind.number);
const i64 = 1;
const i32 = 5;
const xTag = fields.x.number * 8 + i64;
const yTag = fields.y.number * 8 + i64;
const headingTag = fields.heading.number * 8 + i32;
/** Tags and values of x, y and heading: at the end of each entry, always in full. */
const positionBytes = 1 + 8 + 1 + 8 + 1 + 4;
const degreesPerStep = 360 / 256;
const encoder = new TextEncoder();

/** An entry of `AreaUpdate.entered`, with its tag and length, whose position is still to be set. */
export function encodeEntered(number: number, id: string, kind: string): Uint8Array {
  const idBytes = encoder.encode(id);
  const kindBytes = encoder.encode(kind);
  const body =
    1 +
    varintSize(number) +
    lengthDelimitedBytes(idBytes) +
    lengthDelimitedBytes(kindBytes) +
    positionBytes;
  const entry = new Uint8Array(1 + varintSize(body) + body);
  let at = writeVarint(entry, 0, enteredTag);
  at = writeVarint(entry, at, body);
  at = writeVarint(entry, at, numberTag);
  at = writeVarint(entry, at, number);
  at = writeLengthDelimited(entry, at, idTag, idBytes);
  at = writeLengthDelimited(entry, at, kindTag, kindBytes);
  entry[at] = xTag;
  entry[at + 9] = yTag;
  entry[at + 18] = headingTag;
  return entry;
}

/** Sets an entry's position: centimetres, and 256ths of a turn. */
export function patchEntered(entry: Uint8Array, x: number, y: number, heading: number): Uint8Array {
  const at = entry.length - positionBytes;
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  view.setFloat64(at + 1, x / 100, true);
  view.setFloat64(at + 10, y / 100, true);
  view.setFloat32(at + 19, heading * degreesPerStep, true);
  return entry;
}

function lengthDelimitedBytes(content: Uint8Array): number {
  return 1 + varintSize(content.length) + content.length;
}

function writeLengthDelimited(
  target: Uint8Array,
  offset: number,
  tag: number,
  content: Uint8Array,
): number {
  let at = writeVarint(target, offset, tag);
  at = writeVarint(target, at, content.length);
  target.set(content, at);
  return at + content.length;
}
