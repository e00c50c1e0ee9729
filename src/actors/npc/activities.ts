import { NpcActivity } from "../../gen/tellurion/v1/npc_pb.ts";

/** By number. */
const names = new Map<number, string>(
  Object.entries(NpcActivity).map(([name, number]) => [number, name]),
);

export function activityName(activity: NpcActivity): string {
  return names.get(activity) ?? String(activity);
}

export function isActivity(activity: number): boolean {
  return activity !== NpcActivity.UNSPECIFIED && names.has(activity);
}
