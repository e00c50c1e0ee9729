import type { Pack } from "./pack.ts";
import type { RegionPlan } from "./world-file.ts";

/** The language of a region: its own or that of the faction that holds it. Empty: none. */
export function languageOf({ parts }: Pack, { name, language }: RegionPlan): string {
  if (language !== "") return language;
  const holder = parts.factions.find(({ value }) => value.regions.includes(name));
  return holder?.value.language ?? "";
}
