import { under } from "../decode.ts";
import type { PackCheck } from "./check-pack.ts";

const homeKind = "home";

/** NPCs who have nowhere to be, and roles that nobody has. */
export const checkPeople: PackCheck = ({ parts }, findings, { kindsIn }) => {
  const roles = new Map(parts.roles.map((role) => [role.value.name, role]));
  for (const { value, file, path } of parts.population) {
    const kinds = kindsIn.get(value.region);
    if (kinds === undefined || kinds.size === 0) continue;
    const wanted = new Set(roles.get(value.role)?.value.schedule.map((slot) => slot.placeKind));
    for (const kind of wanted) {
      if (kinds.has(kind || homeKind)) continue;
      const text = `a ${value.role} goes to a ${kind || homeKind}, and ${value.region} has none`;
      findings.say(file, under(path, "role"), text);
    }
  }
  const had = new Set(parts.population.map(({ value }) => value.role));
  for (const role of parts.roles) {
    if (!had.has(role.value.name)) {
      findings.say(role.file, role.path, `nobody is a ${role.value.name}`);
    }
  }
};
