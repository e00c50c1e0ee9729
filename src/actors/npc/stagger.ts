import type { Turn } from "./turn.ts";

/** A number below `bound` that differs from shard to shard. */
export function staggered({ key }: Turn, bound: number): number {
  let sum = 0;
  for (let i = 0; i < key.length; i += 1) sum = (31 * sum + key.charCodeAt(i)) % 65_521;
  return sum % bound;
}
