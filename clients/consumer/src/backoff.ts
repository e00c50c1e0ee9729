const firstMs = 100;
const lastMs = 30_000;
const doublingsMax = 20;

/** The pause after so many failures in a row: anything up to a bound that doubles, so that many do not come at once. */
export function backoffMs(failures: number, chance: number = Math.random()): number {
  return Math.ceil(Math.min(lastMs, firstMs * 2 ** Math.min(failures - 1, doublingsMax)) * chance);
}
