import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { actors } from "../../src/actors/index.ts";
import { TimeEventSchema } from "../../src/gen/tellurion/v1/clock_pb.ts";
import { NpcActionEventSchema, NpcActivity } from "../../src/gen/tellurion/v1/npc_pb.ts";
import {
  QuestEndedEventSchema,
  QuestOfferedEventSchema,
  QuestOutcome,
  QuestRewardedEventSchema,
} from "../../src/gen/tellurion/v1/quest_pb.ts";
import {
  BeatKind,
  PacingPhase,
  StoryBeatEventSchema,
  StoryPhaseEventSchema,
} from "../../src/gen/tellurion/v1/storyteller_pb.ts";
import {
  TraceDiscoveredEventSchema,
  TraceLeftEventSchema,
} from "../../src/gen/tellurion/v1/traces_pb.ts";
import { WeatherSevereEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import {
  OccurrenceEventSchema,
  PlayerActedEventSchema,
  Verb,
} from "../../src/gen/tellurion/v1/world_pb.ts";
import type { RecordedEvent } from "../../src/runtime/testkit/index.ts";
import { LivingWorld } from "../support/living-world.ts";

const minutesPerDay = 1_440;
const minuteMs = 60_000n;
/** When people are looked at: deep in the night, and in the morning. */
const nightMinute = 180;
const workMinute = 630;
/** Severe weather must have lasted so long before people are looked for in it: they need time to get home. */
const stormMinutes = 45;

export interface MonthOptions {
  readonly days: number;
  readonly workers: number;
  readonly players?: number;
}

/** What came of a world that was left to itself and its scripted players, counted from its events alone. */
export interface MonthReport {
  readonly hash: string;
  readonly deadLetters: number;
  /** By type's name. */
  readonly events: ReadonlyMap<string, number>;
  readonly quests: { offered: number; completed: number; failed: number; doubleRewards: number };
  readonly traces: Traces;
  readonly people: People;
  /** Phases that did not follow from the phase before them. */
  readonly brokenPhases: readonly string[];
  readonly phases: number;
  /** Kinds of actors that are in the world. */
  readonly activeKinds: readonly string[];
  readonly allKinds: readonly string[];
  readonly complaints: readonly string[];
}

/** Lives through days of the sample world. */
export async function runMonth({ days, workers, players = 9 }: MonthOptions): Promise<MonthReport> {
  const living = await LivingWorld.create({ workers, players });
  const events = new Map<string, number>();
  const quests = { offered: 0, completed: 0, failed: 0, doubleRewards: 0 };
  const rewards = new Set<string>();
  const phases = new Phases();
  const traces = new Traces();
  const people = new People();
  living.onEvent((event) => {
    const { name } = event.type;
    events.set(name, (events.get(name) ?? 0) + 1);
    traces.hear(event);
    people.hear(event);
    on(event, StoryPhaseEventSchema, (phase) => phases.hear(phase));
    on(event, QuestOfferedEventSchema, () => {
      quests.offered += 1;
    });
    on(event, QuestEndedEventSchema, ({ outcome }) => {
      if (outcome === QuestOutcome.COMPLETED) quests.completed += 1;
      if (outcome === QuestOutcome.FAILED) quests.failed += 1;
    });
    on(event, QuestRewardedEventSchema, ({ id }) => {
      if (rewards.has(id)) quests.doubleRewards += 1;
      rewards.add(id);
    });
  });
  for (let minute = 0; minute < days * minutesPerDay; minute += 1) {
    living.live(1);
    people.look();
  }
  const { world } = living;
  return {
    hash: world.hash(),
    deadLetters: world.deadLetters.length,
    ...{ events, quests, traces, people },
    brokenPhases: phases.broken,
    phases: phases.count,
    activeKinds: [...new Set(world.actors.map((address) => address.split("/")[0] as string))],
    allKinds: actors.map(({ kind }) => kind),
    complaints: world.log.filter(({ level }) => level !== "info").map(({ text }) => text),
  };
}

function on<Desc extends DescMessage>(
  { type, event }: RecordedEvent,
  wanted: Desc,
  run: (event: MessageShape<Desc>) => void,
): void {
  if (type === wanted) run(event as MessageShape<Desc>);
}

/** Checks that each phase comes after the one that it has to come after. */
class Phases {
  count = 0;
  readonly broken: string[] = [];
  readonly #last = new Map<string, PacingPhase>();

  hear(event: MessageShape<typeof StoryPhaseEventSchema>): void {
    const { region, player, oldPhase, newPhase } = event;
    const whose = player === "" ? `region ${region}` : `player ${player}`;
    const last = this.#last.get(whose);
    const follows: Partial<Record<PacingPhase, PacingPhase>> = {
      [PacingPhase.RELAX]: PacingPhase.BUILD_UP,
      [PacingPhase.BUILD_UP]: PacingPhase.PEAK,
      [PacingPhase.PEAK]: PacingPhase.FADE,
      [PacingPhase.FADE]: PacingPhase.RELAX,
    };
    const isFirst = oldPhase === PacingPhase.UNSPECIFIED;
    // A player who was away for long comes back at ease.
    const comesBack = player !== "" && newPhase === PacingPhase.RELAX;
    const isNext = follows[oldPhase] === newPhase && (last === undefined || last === oldPhase);
    if (!isFirst && !comesBack && !isNext) {
      this.broken.push(`${whose}: ${last}, then ${oldPhase} to ${newPhase}`);
    }
    this.#last.set(whose, newPhase);
    this.count += 1;
  }
}

/** What happened, told by the events of those who did it, against what traces say of it. */
export class Traces {
  left = 0;
  discovered = 0;
  stories = 0;
  /** Traces of what did not happen, happened elsewhere or at another time. */
  readonly contradictions: string[] = [];
  /** Causes of significant events, with the region and the game time of each. */
  readonly #happened = new Map<string, { region: string; gameMs: bigint }[]>();
  readonly #traced = new Set<string>();

  /** Share of the significant events that left a trace. */
  get share(): number {
    const causes = [...this.#happened.keys()];
    return causes.filter((cause) => this.#traced.has(cause)).length / causes.length;
  }

  get significant(): number {
    return this.#happened.size;
  }

  /** For people: causes that left nothing. */
  get untraced(): string[] {
    return [...this.#happened.keys()].filter((cause) => !this.#traced.has(cause));
  }

  hear(event: RecordedEvent): void {
    on(event, OccurrenceEventSchema, ({ id, region, gameMs }) =>
      this.#note(`occurrence/${id}`, region, gameMs),
    );
    on(event, QuestEndedEventSchema, ({ id, region, gameMs }) =>
      this.#note(`quest/${id}`, region, gameMs),
    );
    on(event, PlayerActedEventSchema, ({ verb, player, region, gameMs }) => {
      const verbs: Partial<Record<Verb, string>> = {
        [Verb.FIGHT]: "fight",
        [Verb.WORK]: "work",
        [Verb.DELIVER]: "deliver",
      };
      const what = verbs[verb];
      if (what) this.#note(`${what}/${player}/${gameMs}`, region, gameMs);
    });
    on(event, WeatherSevereEventSchema, ({ region, started, gameMs }) => {
      if (!started) this.#note(`storm/${region}/${gameMs}`, region, gameMs);
    });
    on(event, StoryBeatEventSchema, ({ beat, kind, region, gameMs }) => {
      if (kind !== BeatKind.QUIET) this.#note(`beat/${beat}`, region, gameMs);
    });
    on(event, TraceLeftEventSchema, (trace) => this.#check(trace));
    on(event, TraceDiscoveredEventSchema, ({ story }) => {
      this.discovered += 1;
      if (story !== "") this.stories += 1;
    });
  }

  #note(cause: string, region: string, gameMs: bigint): void {
    if (region === "") return;
    const times = this.#happened.get(cause) ?? [];
    times.push({ region, gameMs });
    this.#happened.set(cause, times);
  }

  #check({ trace, cause, region, gameMs }: MessageShape<typeof TraceLeftEventSchema>): void {
    this.left += 1;
    this.#traced.add(cause);
    // Lightning is told of by the sky's own event, whose place the trace's region has.
    if (cause.startsWith("lightning/")) return;
    const times = this.#happened.get(cause);
    if (times?.some((one) => one.region === region && one.gameMs === gameMs)) return;
    const known = times?.map((one) => `${one.region} at ${one.gameMs}`).join() ?? "never";
    this.contradictions.push(`${trace}: ${cause} in ${region} at ${gameMs}; happened ${known}`);
  }
}

/** What NPCs are at, from the records of what they began. */
export class People {
  readonly #activities = new Map<string, { region: string; of: Map<number, NpcActivity> }>();
  readonly #severeSince = new Map<string, bigint>();
  #gameMs = 0n;
  readonly #shares = { storm: [0, 0], calm: [0, 0], night: [0, 0], morning: [0, 0] };

  /** Share that shelters when severe weather has lasted for a while, and at other times of the day. */
  get shelteringInStorms(): number {
    return ratio(this.#shares.storm);
  }
  get shelteringInCalm(): number {
    return ratio(this.#shares.calm);
  }
  get sleepingAtNight(): number {
    return ratio(this.#shares.night);
  }
  get workingInTheMorning(): number {
    return ratio(this.#shares.morning);
  }
  get stormLooks(): number {
    return this.#shares.storm[1] as number;
  }

  hear(event: RecordedEvent): void {
    on(event, TimeEventSchema, ({ settledGameMs }) => {
      this.#gameMs = settledGameMs;
    });
    on(event, NpcActionEventSchema, ({ shard, region, actions }) => {
      const known = this.#activities.get(shard) ?? { region, of: new Map() };
      this.#activities.set(shard, known);
      const view = new DataView(actions.buffer, actions.byteOffset, actions.byteLength);
      for (let at = 0; at < actions.length; at += 8) {
        known.of.set(view.getUint16(at, true), view.getUint8(at + 2));
      }
    });
    on(event, WeatherSevereEventSchema, ({ region, started, gameMs }) => {
      if (started) this.#severeSince.set(region, gameMs);
      else this.#severeSince.delete(region);
    });
  }

  /** Looks at everybody. Once a game minute. */
  look(): void {
    const minute = Number((this.#gameMs / minuteMs) % BigInt(minutesPerDay));
    const atWork = (one: NpcActivity) =>
      one === NpcActivity.WORK || one === NpcActivity.TRADE || one === NpcActivity.GUARD;
    const asleep = (one: NpcActivity) => one === NpcActivity.SLEEP;
    const sheltered = (one: NpcActivity) => one === NpcActivity.SHELTER;
    if (minute === nightMinute) this.#count("night", asleep, () => true);
    if (minute === workMinute)
      this.#count("morning", atWork, (region) => !this.#severeSince.has(region));
    if (minute < workMinute || minute > workMinute + 480 || minute % 30 !== 0) return;
    const stormy = (region: string) => {
      const since = this.#severeSince.get(region);
      return since !== undefined && this.#gameMs - since >= BigInt(stormMinutes) * minuteMs;
    };
    this.#count("storm", sheltered, stormy);
    this.#count("calm", sheltered, (region) => !this.#severeSince.has(region));
  }

  #count(
    what: "storm" | "calm" | "night" | "morning",
    fits: (activity: NpcActivity) => boolean,
    where: (region: string) => boolean,
  ): void {
    const share = this.#shares[what];
    for (const { region, of } of this.#activities.values()) {
      if (!where(region)) continue;
      share[1] = (share[1] as number) + of.size;
      for (const activity of of.values()) if (fits(activity)) share[0] = (share[0] as number) + 1;
    }
  }
}

function ratio([part = 0, all = 0]: readonly number[]): number {
  return all === 0 ? 0 : part / all;
}
