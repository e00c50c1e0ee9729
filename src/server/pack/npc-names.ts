const starts = ["a", "be", "ca", "da", "e", "fi", "ga", "ha", "i", "jo", "ka", "li", "ma", "ne"];
const middles = ["la", "ri", "mo", "ne", "vi", "sa", "do", "ra", "li", "be", "nu", "ti", "ro"];
const ends = ["n", "s", "ra", "l", "th", "m", "wen", "do", "ri", "ka", "len"];

/** The `n`-th name of those who speak a language: no two of the first 2,002 are the same. */
export function npcName(language: string, n: number): string {
  let seed = 0;
  for (const letter of language) seed = (seed * 31 + letter.charCodeAt(0)) % 1_009;
  const total = starts.length * middles.length * ends.length;
  const number = (seed + n * 617) % total;
  const start = starts[number % starts.length];
  const middle = middles[Math.floor(number / starts.length) % middles.length];
  const end = ends[Math.floor(number / (starts.length * middles.length))];
  const name = `${start}${middle}${end}`;
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
