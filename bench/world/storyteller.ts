import { configure } from "../../src/actors/storyteller/commands.ts";
import { decide } from "../../src/actors/storyteller/decide.ts";
import { hearAct } from "../../src/actors/storyteller/hear.ts";
import { liveTo } from "../../src/actors/storyteller/live.ts";
import {
  type Configured,
  configured,
  type Outlet,
  type Track,
} from "../../src/actors/storyteller/state.ts";
import {
  BeatKind,
  ConfigureStorytellerSchema,
  StorytellerStateSchema,
} from "../../src/gen/tellurion/v1/storyteller_pb.ts";
import { Verb } from "../../src/gen/tellurion/v1/world_pb.ts";
import { SeededRandom, seedRandom } from "../../src/runtime/actor/random.ts";
import { codecOf } from "../../src/runtime/index.ts";
import { check, type Table } from "../table.ts";

const minuteMs = 60_000;
const regions = 8;
const players = 64;
const kinds = ["inn", "road", "ruin", "farm"];
const beatKinds = [BeatKind.QUEST, BeatKind.STORY, BeatKind.OCCURRENCE, BeatKind.WEATHER];
const minutes = 240;

/** As large as a pack is likely to be: 96 storylets, 16 kinds of encounters, 8 regions of 64 places. */
function pack() {
  return codecOf(ConfigureStorytellerSchema).complete({
    personality: {
      ...{ name: "classic", relax: { least: 20, most: 40 }, buildUp: { least: 20, most: 60 } },
      ...{ peak: { least: 5, most: 10 }, fade: { least: 10, most: 60 }, peakFrom: 0.7 },
      ...{ relaxBelow: 0.3, decay: 0.03, pointsPerHour: 60, pointsMax: 100, lossFactor: 0.5 },
      ...{ lossMinutes: 60, randomness: 0.2 },
    },
    storylets: Array.from({ length: 96 }, (_, i) => ({
      ...{ name: `storylet-${i}`, kind: beatKinds[i % 4] as BeatKind, subject: `subject-${i}` },
      ...{ salience: 1, intensity: (i % 5) * 0.08, cooldownMinutes: 120 },
      preconditions: i % 3 === 0 ? ["intensity<0.6", `!done-${i}`] : [`!done-${i}`],
      placeKinds: i % 4 === 0 ? [kinds[i % 3] as string] : [],
    })),
    encounterKinds: Array.from({ length: 16 }, (_, i) => ({
      ...{ name: `encounter-${i}`, cost: 10 + i * 4, strength: 0.2 + i * 0.04 },
    })),
    regions: Array.from({ length: regions }, (_, i) => ({ name: `region-${i}`, climate: "any" })),
    places: Array.from({ length: regions * 64 }, (_, i) => ({
      ...{ id: `place-${i}`, region: `region-${i % regions}` },
      kind: kinds[(i >> 3) % kinds.length] as string,
    })),
  });
}

function begin(out: Outlet): Configured {
  const state = codecOf(StorytellerStateSchema).complete({});
  configure(state, pack());
  const ready = configured(state);
  actAll(ready, out);
  return ready;
}

function actAll(state: Configured, out: Outlet): void {
  const act = { verb: Verb.TALK, targetKind: "", success: true, harm: 0 };
  for (let i = 0; i < players; i += 1) {
    const where = { region: `region-${i % regions}`, place: `place-${i}` };
    hearAct(state, { ...act, ...where, player: `player-${i}` }, out);
  }
}

/** Times one decision of each track, in µs, in each of some game minutes, which are lived through in between. */
function decisionTimes(scale: number): { times: number[]; minuteTimes: number[] } {
  let beats = 0;
  const random = new SeededRandom();
  random.point(seedRandom(7, "storyteller/main"));
  const out: Outlet = {
    random,
    publish: () => {
      beats += 1;
    },
    effect: () => 1,
    log: () => {},
  };
  const state = begin(out);
  const times: number[] = [];
  const minuteTimes: number[] = [];
  const lived = Math.ceil(minutes * scale) + 10;
  for (let minute = 1; minute <= lived; minute += 1) {
    const startedMs = performance.now();
    liveTo(state, BigInt(minute * minuteMs), out);
    minuteTimes.push((performance.now() - startedMs) * 1_000);
    if (minute % 30 === 0) actAll(state, out);
    for (const track of state.tracks as Track[]) {
      const sinceMs = performance.now();
      decide(state, track, out);
      times.push((performance.now() - sinceMs) * 1_000);
    }
  }
  check(times.length === lived * (regions + players), "every track decided once a minute");
  check(beats > lived, `${lived} minutes gave only ${beats} events`);
  return { times, minuteTimes };
}

function share(sorted: readonly number[], part: number): number {
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}

export const storyteller: Table = {
  name: "storyteller",
  about: `a decision among 96 storylets and 16 encounters; a minute of ${regions} regions and ${players} players`,
  cases: [
    {
      rows: [
        { row: "storyteller-decision-p50", unit: "µs" },
        { row: "storyteller-decision-p99", unit: "µs" },
        { row: "storyteller-minute-p50", unit: "µs" },
      ],
      run({ scale }) {
        decisionTimes(scale / 4);
        const { times, minuteTimes } = decisionTimes(scale);
        const sorted = times.sort((a, b) => a - b);
        const sortedMinutes = minuteTimes.sort((a, b) => a - b);
        return Promise.resolve([
          share(sorted, 0.5),
          share(sorted, 0.99),
          share(sortedMinutes, 0.5),
        ]);
      },
    },
  ],
  bars: [
    {
      what: "storyteller-decision-p99",
      value: (median) => median("storyteller-decision-p99"),
      most: 200,
    },
  ],
};
