import type { NpcRole } from "../../../gen/tellurion/v1/npc_pb.ts";
import { under } from "../decode.ts";
import type { Faults } from "../faults.ts";
import type { Pack } from "../pack.ts";
import type { Located } from "../parts.ts";
import type { PackCheck } from "./check-pack.ts";

const homeKind = "home";

/** NPCs who have nowhere to be, roles that nobody has, days that are out of order. */
export const checkPeople: PackCheck = (pack, findings, { kindsIn }) => {
  const { parts } = pack;
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
    checkSchedule(role, pack, findings);
  }
};

function checkSchedule({ value, file, path }: Located<NpcRole>, { plan }: Pack, findings: Faults) {
  const { hoursPerDay = 0, minutesPerHour = 0, daysPerWeek = 0 } = plan.clock.calendar ?? {};
  const minutes = hoursPerDay * minutesPerHour;
  value.schedule.forEach(({ fromMinute, days }, i) => {
    const place = under(path, `schedule[${i}]`);
    const before = value.schedule[i - 1]?.fromMinute ?? 0;
    if (fromMinute >= minutes) {
      findings.refuse(file, `${place}.fromMinute`, fromMinute, `are 0 to ${minutes - 1}`);
    } else if (fromMinute < before) {
      const valid = `are minutes in the order of the day, from ${before} on`;
      findings.refuse(file, `${place}.fromMinute`, fromMinute, valid);
    }
    for (const [j, day] of days.entries()) {
      if (day < daysPerWeek) continue;
      findings.refuse(file, `${place}.days[${j}]`, day, `are 0 to ${daysPerWeek - 1}`);
    }
  });
}
