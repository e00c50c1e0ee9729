/** What piscina runs. */
export function answer(number: number): number {
  return -number;
}
