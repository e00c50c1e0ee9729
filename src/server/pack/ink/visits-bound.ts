/** Visits that are told apart, at most: a loop that counts its rounds must come to an end. */
const visitsMax = 16;
/** A story tells apart that something was never visited, once, and more often. */
const visitsMin = 2;

/**
 * Up to how many visits a story may tell apart: as many as it has alternatives somewhere, or as the
 * largest number that it may compare with. It may be more than needed, which costs time only.
 */
export function visitsBound(text: string): number {
  const alternatives = text.split("\n").map((line) => line.split("|").length);
  const numbers = (text.match(/\d+/g) ?? []).map(Number);
  const branches = text.match(/^\s*-(?!>)/gm)?.length ?? 0;
  const most = Math.max(...alternatives, ...numbers, branches);
  return Math.min(visitsMax, visitsMin + most);
}
