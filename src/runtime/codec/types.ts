import type { DescMessage, Message, MessageInitShape, MessageShape } from "@bufbuild/protobuf";

/** Attaches a view to a record. A symbol, so that it can never be the name of a field. */
export const attach: unique symbol = Symbol("attach");

/** Takes the record away from a view and from the views of its nested messages. */
export const detach: unique symbol = Symbol("detach");

/** The codec of one message type, compiled from its descriptor. Offsets and lengths are bytes. */
export interface Codec<Desc extends DescMessage = DescMessage> {
  readonly desc: Desc;
  /** Upper bound of the encoding of `value`. Checks nothing: `encode` does. */
  sizeBound(value: MessageInitShape<Desc>): number;
  /**
   * Writes `value` at `offset` and returns the offset after it. There must be room for
   * `sizeBound(value)` bytes; nothing beyond them is touched. Throws VALUE_OUT_OF_RANGE for a value
   * that its field cannot hold; bytes from `offset` on may then have been written.
   */
  encode(value: MessageInitShape<Desc>, bytes: Uint8Array, offset: number): number;
  /** The encoding in a Uint8Array of its own. Throws VALUE_OUT_OF_RANGE. */
  toBytes(value: MessageInitShape<Desc>): Uint8Array<ArrayBuffer>;
  /** A plain message that shares nothing with `bytes`. Throws MALFORMED_MESSAGE. */
  decode(bytes: Uint8Array, start?: number, end?: number): MessageShape<Desc>;
  /**
   * As `decode`, without the fields that are not known: for messages of anybody, since a field that is kept takes a
   * hundred times as much memory as it has bytes.
   */
  decodeKnown(bytes: Uint8Array): MessageShape<Desc>;
  /** Throws MALFORMED_MESSAGE exactly when `decode` would, and builds nothing. */
  validate(bytes: Uint8Array, start?: number, end?: number): void;
  /**
   * A view that is not attached to anything yet. Use one over and over: attaching it allocates
   * nothing.
   */
  createView(): AttachableView<Desc>;
  /**
   * The whole message that `value` stands for, as it would be read back from its encoding: defaults
   * filled in, `float` fields rounded to 32 bits, and nothing shared with `value`. Throws
   * VALUE_OUT_OF_RANGE.
   */
  complete(value: MessageInitShape<Desc>): MessageShape<Desc>;
}

/**
 * What a handler sees of a message: its fields, read from the record on access. Valid until the
 * handler returns; reading it later throws STALE_VIEW. `toObject()` makes a copy that may be kept.
 */
export type View<Desc extends DescMessage> = ViewOf<MessageShape<Desc>>;

/** A view as its owner sees it. */
export type AttachableView<Desc extends DescMessage> = View<Desc> & {
  /**
   * Shows the record `bytes[start, end)`. One pass checks its outermost structure; what is inside
   * nested messages, lists and strings is checked when it is read. Throws MALFORMED_MESSAGE and
   * stays detached.
   */
  [attach](bytes: Uint8Array, start: number, end: number): View<Desc>;
  [detach](): void;
};

/** The view of a message of type T. */
type ViewOf<T> = { readonly [K in keyof T]: Viewed<T[K]> } & { toObject(): T };

type Viewed<T> = T extends Message
  ? ViewOf<T>
  : T extends { case: infer C extends string; value: infer V }
    ? { readonly case: C; readonly value: Viewed<V> }
    : DeepReadonly<T>;

type DeepReadonly<T> = T extends Uint8Array | string | number | bigint | boolean | undefined
  ? T
  : T extends ReadonlyArray<infer Item>
    ? ReadonlyArray<DeepReadonly<Item>>
    : T extends object
      ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
      : T;
