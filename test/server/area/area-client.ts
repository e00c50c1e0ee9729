import { fromBinary } from "@bufbuild/protobuf";
import { type AreaUpdate, ServerMessageSchema } from "../../../src/gen/tellurion/v1/client_pb.ts";

export interface Seen {
  readonly id: string;
  readonly kind: string;
  /** Centimetres. */
  x: number;
  y: number;
  /** 256ths of a turn. */
  heading: number;
}

export interface Moved {
  readonly number: number;
  readonly x: number;
  readonly y: number;
  readonly heading: number;
}

const windowCm = 2 ** 19;

/** A client that knows of areas what docs/protocol-areas.md says, and nothing else. */
export class AreaPicture {
  readonly entities = new Map<number, Seen>();
  origin = { x: Number.NaN, y: Number.NaN };

  /** Takes an update. Throws when it says something that cannot be. */
  take(message: Uint8Array): AreaUpdate & { readonly movedList: readonly Moved[] } {
    const { body } = fromBinary(ServerMessageSchema, message);
    if (body.case !== "areaUpdate") throw new Error(`${body.case} is no areaUpdate`);
    const update = body.value;
    if (update.complete) this.entities.clear();
    if (update.origin) this.origin = { x: update.origin.x, y: update.origin.y };
    for (const number of update.left) {
      if (!this.entities.delete(number)) throw new Error(`${number} left and was not there`);
    }
    for (const { number, id, kind, x, y, heading } of update.entered) {
      if (this.entities.has(number)) throw new Error(`${number} entered and was there`);
      const centimetres = { x: Math.round(100 * x), y: Math.round(100 * y) };
      this.entities.set(number, { id, kind, ...centimetres, heading: (heading * 256) / 360 });
    }
    const movedList = movedIn(update.moved, this.origin);
    for (const { number, x, y, heading } of movedList) {
      const entity = this.entities.get(number);
      if (entity === undefined) throw new Error(`${number} moved and was not there`);
      Object.assign(entity, { x, y, heading });
    }
    return Object.assign(update, { movedList });
  }
}

/** Reads the records of docs/protocol-areas.md. */
function movedIn(bytes: Uint8Array, origin: { x: number; y: number }): Moved[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const list: Moved[] = [];
  for (let at = 0; at < bytes.length; at += 8) {
    const record = view.getBigUint64(at, true);
    const bits = (from: bigint, count: bigint) => Number((record >> from) & ((1n << count) - 1n));
    list.push({
      number: bits(0n, 18n),
      x: near(bits(18n, 19n), origin.x),
      y: near(bits(37n, 19n), origin.y),
      heading: bits(56n, 8n),
    });
  }
  return list;
}

/** The first place from the origin on that has these lower bits. */
function near(bits: number, originMetres: number): number {
  const origin = Math.round(100 * originMetres);
  const beyond = (bits - origin) % windowCm;
  return origin + (beyond < 0 ? beyond + windowCm : beyond);
}
