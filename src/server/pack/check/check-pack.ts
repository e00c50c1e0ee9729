import { Faults } from "../faults.ts";
import type { Pack } from "../pack.ts";
import { checkDialogues } from "./dialogues.ts";
import { checkHappenings } from "./happenings.ts";
import { checkLanguages } from "./languages.ts";
import { checkMap } from "./map.ts";
import { checkObjectives } from "./objectives.ts";
import { checkPeople } from "./people.ts";
import { checkOffers } from "./quest-offers.ts";
import { serviceChecks } from "./service-checks.ts";
import { checkStorylets } from "./storylets.ts";
import { type Surroundings, surroundingsOf } from "./surroundings.ts";

/** Looks for something that is written as it should be, and yet cannot be meant. */
export type PackCheck = (pack: Pack, findings: Faults, surroundings: Surroundings) => void;

const checks: readonly PackCheck[] = [
  checkMap,
  checkPeople,
  checkHappenings,
  checkObjectives,
  checkOffers,
  checkStorylets,
  checkDialogues,
  checkLanguages,
  ...serviceChecks,
];

/** What cannot happen, be reached or be won in a pack that is valid. */
export function checkPack(pack: Pack): Faults {
  const findings = new Faults();
  const surroundings = surroundingsOf(pack);
  for (const check of checks) check(pack, findings, surroundings);
  return findings;
}
