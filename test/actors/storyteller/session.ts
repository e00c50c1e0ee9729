import { hearQuestEnd } from "../../../src/actors/storyteller/hear.ts";
import { QuestOutcome } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import {
  BeatKind,
  type StoryBeatEvent,
  StoryBeatEventSchema,
} from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { SeededRandom, seedRandom } from "../../../src/runtime/actor/random.ts";
import type { StorytellerRig } from "./rig.ts";

interface Fight {
  readonly kind: string;
  readonly place: string;
  readonly strength: number;
  readonly from: number;
  readonly blows: number;
}

/**
 * A player as simple as one can be: does something harmless every few minutes, goes to what the storyteller sends and
 * fights it, is hurt as much as it is strong, and sees quests through, or not.
 */
export class ScriptedPlayer {
  readonly name: string;
  readonly #rig: StorytellerRig;
  readonly #random = new SeededRandom();
  readonly #fights: Fight[] = [];
  readonly #quests: { readonly endsAt: number; readonly done: boolean }[] = [];
  #heard = 0;
  #nextAct = 0;

  constructor(rig: StorytellerRig, name: string, seed: number) {
    this.#rig = rig;
    this.name = name;
    this.#random.point(seedRandom(seed, `player/${name}`));
  }

  live(minute: number): void {
    for (const published of this.#rig.published.slice(this.#heard)) {
      if (published.type === StoryBeatEventSchema) {
        this.#hear(published.event as StoryBeatEvent, minute);
      }
    }
    this.#heard = this.#rig.published.length;
    this.#fight(minute);
    this.#endQuests(minute);
    if (minute < this.#nextAct) return;
    this.#nextAct = minute + 2 + this.#random.integer(6);
    const verbs = [Verb.TRAVEL, Verb.TALK, Verb.GATHER, Verb.REST];
    const places = ["moor.inn", "moor.road", "moor.ruin"];
    this.#rig.acts(this.name, {
      verb: verbs[this.#random.integer(verbs.length)] as Verb,
      place: places[this.#random.integer(places.length)] as string,
      success: this.#random.next() < 0.9,
    });
  }

  #hear({ player, kind, subject, place, intensity }: StoryBeatEvent, minute: number): void {
    if (player !== this.name) return;
    if (kind === BeatKind.ENCOUNTER) {
      const from = minute + 1 + this.#random.integer(4);
      const blows = 2 + this.#random.integer(3);
      this.#fights.push({ kind: subject, place, strength: intensity, from, blows });
    } else if (kind === BeatKind.QUEST) {
      const endsAt = minute + 20 + this.#random.integer(60);
      this.#quests.push({ endsAt, done: this.#random.next() < 0.8 });
    }
  }

  #fight(minute: number): void {
    const at = this.#fights.findIndex(({ from }) => minute >= from);
    const fight = this.#fights[at];
    if (fight === undefined) return;
    const { kind, place, strength, blows } = fight;
    const harm = (strength / blows) * (0.5 + this.#random.next());
    const success = blows > 1 || this.#random.next() > strength / 3;
    const isLast = blows === 1;
    this.#rig.acts(this.name, {
      ...{ verb: Verb.FIGHT, place, success, harm },
      targetKind: isLast ? kind : "",
    });
    if (isLast) this.#fights.splice(at, 1);
    else this.#fights[at] = { ...fight, blows: blows - 1, from: minute + 1 };
  }

  #endQuests(minute: number): void {
    const at = this.#quests.findIndex(({ endsAt }) => minute >= endsAt);
    const [quest] = at < 0 ? [] : this.#quests.splice(at, 1);
    if (quest === undefined) return;
    const outcome = quest.done ? QuestOutcome.COMPLETED : QuestOutcome.FAILED;
    hearQuestEnd(this.#rig.state, { player: this.name, outcome, region: "moor" });
  }
}
