import { under } from "../decode.ts";
import type { PackCheck } from "./check-pack.ts";

/** Places that no road leads to, roads that are there twice, regions without places. */
export const checkMap: PackCheck = ({ plan, parts }, findings, { kindsIn }) => {
  if (parts.map.length === 0) return;
  const neighbours = new Map<string, string[]>();
  const connect = (from: string, to: string) =>
    neighbours.set(from, [...(neighbours.get(from) ?? []), to]);
  const seen = new Set<string>();
  for (const { value, file, path } of parts.map) {
    value.roads.forEach(({ from, to }, i) => {
      const place = under(path, `roads[${i}]`);
      const key = [from, to].sort().join(" ");
      if (seen.has(key)) findings.say(file, place, `${from} and ${to} have a road already`);
      seen.add(key);
      connect(from, to);
      connect(to, from);
    });
  }
  const first = parts.map.flatMap(({ value }) => value.places)[0]?.id;
  const reached = new Set(first === undefined ? [] : [first]);
  for (const place of reached) for (const next of neighbours.get(place) ?? []) reached.add(next);
  for (const { value, file, path } of parts.map) {
    value.places.forEach(({ id }, i) => {
      if (reached.has(id)) return;
      findings.say(file, under(path, `places[${i}]`), `no road leads from ${first} to ${id}`);
    });
  }
  plan.regions.forEach(({ name }, i) => {
    if (kindsIn.get(name)?.size) return;
    findings.say(plan.file, `regions[${i}]`, `region ${name} has no place on the map`);
  });
};
