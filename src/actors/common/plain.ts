/**
 * A message as an actor holds and changes it: its fields only, nothing of what a library keeps
 * beside them.
 */
export type Plain<T> = T extends string | number | boolean | bigint | undefined
  ? T
  : T extends Uint8Array
    ? Uint8Array
    : T extends readonly (infer Item)[]
      ? Plain<Item>[]
      : { [K in keyof T as Exclude<K, "$typeName" | "$unknown">]: Plain<T[K]> };
