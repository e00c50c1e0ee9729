import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { configure } from "../../../src/actors/storyteller/commands.ts";
import { hearAct } from "../../../src/actors/storyteller/hear.ts";
import { liveTo } from "../../../src/actors/storyteller/live.ts";
import {
  type Configured,
  configured,
  type Outlet,
  type Track,
  trackOf,
} from "../../../src/actors/storyteller/state.ts";
import { DayPhase } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import {
  type StoryBeatEvent,
  StoryBeatEventSchema,
  StorytellerStateSchema,
} from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { type PlayerActedEvent, Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { type RandomState, SeededRandom, seedRandom } from "../../../src/runtime/actor/random.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { minute } from "../fixtures.ts";
import { packWith } from "./pack.ts";

export interface Published {
  readonly type: DescMessage;
  readonly event: MessageShape<DescMessage>;
  /** What the storyteller counts by. */
  readonly minute: number;
}

/** A storyteller without a world around it, in endless days. */
export class StorytellerRig implements Outlet {
  state: Configured;
  readonly random = new SeededRandom();
  readonly randomState: RandomState;
  readonly published: Published[] = [];
  readonly effects: { type: DescMessage; request: unknown }[] = [];
  readonly warnings: string[] = [];
  #ms = 0;

  constructor(seed = 1, pack: Parameters<typeof packWith>[0] = {}) {
    this.randomState = seedRandom(seed, "storyteller/main");
    this.random.point(this.randomState);
    const state = codecOf(StorytellerStateSchema).complete({ dayPhase: DayPhase.DAY });
    configure(state, packWith(pack));
    this.state = configured(state);
  }

  /** One that goes on from where another one is, and does not change it. */
  static copyOf(rig: StorytellerRig): StorytellerRig {
    const copy = new StorytellerRig();
    copy.state = configured(codecOf(StorytellerStateSchema).complete(rig.state));
    copy.randomState.set(rig.randomState);
    copy.#ms = rig.#ms;
    return copy;
  }

  live(minutes: number): void {
    for (let i = 0; i < minutes; i += 1) {
      this.#ms += minute;
      liveTo(this.state, BigInt(this.#ms), this);
    }
  }

  acts(player: string, act: Partial<PlayerActedEvent> = {}): Track {
    const plain = { verb: Verb.TALK, region: "moor", place: "moor.inn", targetKind: "" };
    hearAct(this.state, { ...plain, player, success: true, harm: 0, ...act }, this);
    return this.track(player);
  }

  track(player: string, region = ""): Track {
    const track = trackOf(this.state, player, region);
    if (track === undefined) throw new Error(`assertion failed: no track of ${player}${region}`);
    return track;
  }

  get beats(): StoryBeatEvent[] {
    return this.eventsOf(StoryBeatEventSchema);
  }

  eventsOf<Desc extends DescMessage>(type: Desc): MessageShape<Desc>[] {
    return this.published
      .filter((published) => published.type === type)
      .map(({ event }) => event as MessageShape<Desc>);
  }

  publish = (type: DescMessage, event: unknown): void => {
    const copy = codecOf(type).complete(event as never);
    this.published.push({ type, event: copy, minute: this.state.minute });
  };

  effect = (type: DescMessage, request: unknown): number => {
    this.effects.push({ type, request: codecOf(type).complete(request as never) });
    return this.effects.length;
  };

  log = (_: string, text: string): void => {
    this.warnings.push(text);
  };
}
