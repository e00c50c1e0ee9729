import { NpcActivity } from "../../gen/tellurion/v1/npc_pb.ts";
import { type Columns, need, needsCount } from "./columns.ts";

/** Where a need is going while an NPC does something, and how many minutes it takes for most of it. */
interface Drift {
  readonly towards: number;
  readonly minutes: number;
}

type Drifts = readonly [Drift, Drift, Drift, Drift, Drift];

const hungrier: Drift = { towards: 1, minutes: 700 };
const wearier: Drift = { towards: 1, minutes: 1_600 };
const lonelier: Drift = { towards: 1, minutes: 2_000 };
const calmer: Drift = { towards: 0, minutes: 60 };
const idler: Drift = { towards: 1, minutes: 900 };

const awake: Drifts = [hungrier, wearier, lonelier, calmer, idler];

const byActivity: Partial<Record<NpcActivity, Drifts>> = {
  [NpcActivity.SLEEP]: [
    { towards: 1, minutes: 1_400 },
    { towards: 0, minutes: 180 },
    { towards: 0.5, minutes: 2_000 },
    calmer,
    { towards: 0.5, minutes: 900 },
  ],
  [NpcActivity.EAT]: [{ towards: 0, minutes: 12 }, wearier, lonelier, calmer, idler],
  [NpcActivity.WORK]: [hungrier, wearier, lonelier, calmer, { towards: 0, minutes: 150 }],
  [NpcActivity.TRADE]: [hungrier, wearier, lonelier, calmer, { towards: 0, minutes: 240 }],
  [NpcActivity.GUARD]: [hungrier, wearier, lonelier, calmer, { towards: 0, minutes: 150 }],
  [NpcActivity.SOCIALISE]: [hungrier, wearier, { towards: 0, minutes: 60 }, calmer, idler],
  [NpcActivity.CELEBRATE]: [hungrier, wearier, { towards: 0, minutes: 60 }, calmer, idler],
  [NpcActivity.WORSHIP]: [
    hungrier,
    wearier,
    { towards: 0.3, minutes: 120 },
    { towards: 0, minutes: 20 },
    { towards: 0, minutes: 150 },
  ],
  [NpcActivity.SHELTER]: [
    hungrier,
    { towards: 0.3, minutes: 600 },
    lonelier,
    { towards: 0, minutes: 20 },
    idler,
  ],
  [NpcActivity.IDLE]: [hungrier, { towards: 0.2, minutes: 600 }, lonelier, calmer, idler],
};

const activities = 13;
const towards = new Float64Array(activities * needsCount);
const pace = new Float64Array(activities * needsCount);
for (let activity = 0; activity < activities; activity += 1) {
  (byActivity[activity as NpcActivity] ?? awake).forEach((drift, i) => {
    towards[activity * needsCount + i] = drift.towards;
    pace[activity * needsCount + i] = -1 / drift.minutes;
  });
}

/** Minutes in which danger makes itself felt. */
const alarmMinutes = 10;

/**
 * Lets needs drift for as long as an NPC does one thing. Each approaches its aim exponentially, so
 * that it makes no difference into how many pieces the time is cut.
 */
export function driftNeeds(
  { needs }: Columns,
  npc: number,
  activity: number,
  minutes: number,
  danger: number,
): void {
  const row = activity * needsCount;
  const first = npc * needsCount;
  for (let i = 0; i < needsCount; i += 1) {
    const aim = towards[row + i] as number;
    const value = needs[first + i] as number;
    needs[first + i] = aim + (value - aim) * Math.exp(minutes * (pace[row + i] as number));
  }
  if (danger === 0) return;
  const at = first + need.safety;
  const value = needs[at] as number;
  if (value >= danger) return;
  needs[at] = danger + (value - danger) * Math.exp(-minutes / alarmMinutes);
}

/** Makes a need more (or, below 0, less) urgent at one blow. */
export function stirNeed({ needs }: Columns, npc: number, which: number, by: number): void {
  const at = npc * needsCount + which;
  const value = (needs[at] as number) + by;
  needs[at] = value < 0 ? 0 : value > 1 ? 1 : value;
}
