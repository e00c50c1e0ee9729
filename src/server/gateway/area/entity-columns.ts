import {
  EntitiesLeftEventSchema,
  EntitiesMovedEventSchema,
} from "../../../gen/tellurion/v1/entities_pb.ts";
import { TellurionError } from "../../../runtime/index.ts";
import { lengthTag, varintTag } from "../varint.ts";

const movedFields = EntitiesMovedEventSchema.field;
const groupTag = lengthTag(movedFields.group.number);
const kindTag = lengthTag(movedFields.kind.number);
const numbersTag = lengthTag(movedFields.numbers.number);
const xTag = lengthTag(movedFields.x.number);
const yTag = lengthTag(movedFields.y.number);
const headingsTag = lengthTag(movedFields.headings.number);
const idsTag = lengthTag(movedFields.ids.number);
const completeTag = varintTag(movedFields.complete.number);
const leftNumbersTag = lengthTag(EntitiesLeftEventSchema.field.numbers.number);

const decoder = new TextDecoder();

/**
 * The columns of an EntitiesMovedEvent or EntitiesLeftEvent, read where they lie. Nothing is made
 * of it but strings, and those only when asked for.
 */
export class EntityColumns {
  count = 0;
  complete = false;
  #bytes: Uint8Array = new Uint8Array();
  #view: DataView = new DataView(new ArrayBuffer(0));
  #groupAt = 0;
  #groupEnd = 0;
  #kindAt = 0;
  #kindEnd = 0;
  #numbersAt = 0;
  #xAt = 0;
  #yAt = 0;
  #headingsAt = 0;
  #headings = 0;
  /** Where the first of the ids is, with its tag. */
  #idsAt = 0;
  #end = 0;
  #at = 0;

  /** Throws INTERNAL_ERROR for what is no such event. */
  readMoved(bytes: Uint8Array, start: number, end: number): this {
    this.#begin(bytes, start, end);
    let xs = 0;
    let ys = 0;
    while (this.#at < end) {
      const tag = this.#varint();
      if (tag === completeTag) {
        this.complete = this.#varint() !== 0;
        continue;
      }
      const tagAt = this.#at - 1;
      const at = this.#lengthDelimited(tag);
      if (tag === groupTag) this.#groupIs(at);
      else if (tag === kindTag) {
        this.#kindAt = at;
        this.#kindEnd = this.#at;
      } else if (tag === numbersTag) this.#numbersAre(at);
      else if (tag === xTag) {
        this.#xAt = at;
        xs = (this.#at - at) / 4;
      } else if (tag === yTag) {
        this.#yAt = at;
        ys = (this.#at - at) / 4;
      } else if (tag === headingsTag) {
        this.#headingsAt = at;
        this.#headings = this.#at - at;
      } else if (tag === idsTag && this.#idsAt === 0) this.#idsAt = tagAt;
    }
    if (xs !== this.count || ys !== this.count) {
      throw new TellurionError(
        "INTERNAL_ERROR",
        `columns x=${xs} and y=${ys} of an EntitiesMovedEvent; valid is numbers=${this.count}`,
      );
    }
    return this;
  }

  readLeft(bytes: Uint8Array, start: number, end: number): this {
    this.#begin(bytes, start, end);
    while (this.#at < end) {
      const tag = this.#varint();
      const at = this.#lengthDelimited(tag);
      if (tag === groupTag) this.#groupIs(at);
      else if (tag === leftNumbersTag) this.#numbersAre(at);
    }
    return this;
  }

  get group(): string {
    return this.#text(this.#groupAt, this.#groupEnd);
  }

  get kind(): string {
    return this.#text(this.#kindAt, this.#kindEnd);
  }

  numberAt(i: number): number {
    return this.#view.getUint32(this.#numbersAt + 4 * i, true);
  }

  xAt(i: number): number {
    return this.#view.getInt32(this.#xAt + 4 * i, true);
  }

  yAt(i: number): number {
    return this.#view.getInt32(this.#yAt + 4 * i, true);
  }

  headingAt(i: number): number {
    return i < this.#headings ? (this.#bytes[this.#headingsAt + i] as number) : 0;
  }

  /** The ids, one after another; empty when the event has none. */
  ids(): string[] {
    const ids: string[] = [];
    if (this.#idsAt === 0) return ids;
    this.#at = this.#idsAt;
    while (this.#at < this.#end) {
      const tag = this.#varint();
      if (tag !== idsTag) break;
      const at = this.#lengthDelimited(tag);
      ids.push(this.#text(at, this.#at));
    }
    return ids;
  }

  #begin(bytes: Uint8Array, start: number, end: number): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.count = 0;
    this.complete = false;
    this.#groupAt = this.#groupEnd = this.#kindAt = this.#kindEnd = start;
    this.#headings = 0;
    this.#idsAt = 0;
    this.#at = start;
    this.#end = end;
  }

  #groupIs(at: number): void {
    this.#groupAt = at;
    this.#groupEnd = this.#at;
  }

  #numbersAre(at: number): void {
    this.#numbersAt = at;
    this.count = (this.#at - at) / 4;
  }

  #text(start: number, end: number): string {
    // What comes from shared memory must be copied before it is decoded.
    return decoder.decode(this.#bytes.slice(start, end));
  }

  /** Where a field's content begins; the place is behind it afterwards. */
  #lengthDelimited(tag: number): number {
    if ((tag & 7) !== 2) {
      throw new TellurionError(
        "INTERNAL_ERROR",
        `tag=${tag} in an event about entities; valid are the fields of entities.proto, packed`,
      );
    }
    const length = this.#varint();
    const at = this.#at;
    this.#at += length;
    return at;
  }

  #varint(): number {
    let value = 0;
    let scale = 1;
    while (this.#at < this.#end) {
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    throw new TellurionError("INTERNAL_ERROR", "an event about entities is cut short");
  }
}
