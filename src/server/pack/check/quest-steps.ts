import type { QuestDefinition } from "../../../gen/tellurion/v1/quest_pb.ts";
import { under } from "../decode.ts";
import type { Faults } from "../faults.ts";
import type { Located } from "../parts.ts";
import type { PackCheck } from "./check-pack.ts";

/** Steps that never open: they wait for themselves, or for what is not there. */
export const checkSteps: PackCheck = ({ parts }, findings) => {
  for (const quest of parts.quests) checkGraph(quest, findings);
};

function checkGraph({ value, file, path }: Located<QuestDefinition>, findings: Faults): void {
  const ids = value.steps.map(({ id }) => id);
  const open = new Set<string>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const { id, after, afterCount } of value.steps) {
      const done = after.filter((one) => open.has(one)).length;
      if (open.has(id) || done < (afterCount || after.length)) continue;
      open.add(id);
      grown = true;
    }
  }
  value.steps.forEach(({ id, after, afterCount }, i) => {
    const place = under(path, `steps[${i}]`);
    const unknown = after.findIndex((one) => !ids.includes(one));
    if (unknown >= 0) {
      const valid = `are steps of the quest: ${ids.join(", ")}`;
      findings.refuse(file, `${place}.after[${unknown}]`, after[unknown], valid);
    } else if (afterCount > after.length) {
      findings.refuse(file, `${place}.afterCount`, afterCount, `are 0 to ${after.length}`);
    } else if (!open.has(id)) {
      const waits = after.filter((one) => !open.has(one)).join(", ");
      findings.say(file, place, `step ${id} never opens: it waits for ${waits}, in a circle`);
    }
  });
  if (value.steps.every(({ optional, fails }) => optional || fails)) {
    findings.say(file, under(path, "steps"), "all steps are optional: nothing is to be done");
  }
  value.migrations.forEach(({ toStep }, i) => {
    if (toStep === "" || ids.includes(toStep)) return;
    const valid = `are steps of the quest: ${ids.join(", ")}`;
    findings.refuse(file, under(path, `migrations[${i}].toStep`), toStep, valid);
  });
}
