import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";
import type { ConfigureStory } from "../../../src/actors/story/configuration.ts";
import type { Dialogue } from "../../../src/actors/story/dialogues.ts";
import { story } from "../../../src/actors/story/story.ts";
import { ConfigureStorySchema, StoryStateSchema } from "../../../src/gen/tellurion/v1/story_pb.ts";
import {
  createTestWorld,
  type TestWorld,
  type TestWorldOptions,
} from "../../../src/runtime/testkit/index.ts";
import { scripted, tell } from "../../support/scripted.ts";

type Choice = Dialogue["nodes"][number]["choices"][number];

/** A choice as `[to, tags, requires]`. */
export type ChoiceSpec = readonly [
  to: number,
  tags?: readonly string[],
  requires?: readonly string[],
];

function choiceOf([to, tags = [], requires = []]: ChoiceSpec): Choice {
  return { text: `to ${to}`, tags: [...tags], to, requires: [...requires] };
}

/** A dialogue with nodes `n0`, `n1`, … that have these choices. */
export function dialogueOf(name: string, nodes: readonly (readonly ChoiceSpec[])[]): Dialogue {
  return {
    name,
    nodes: nodes.map((choices, i) => ({
      id: `n${i}`,
      lines: [`This is ${i}.`],
      tags: [],
      choices: choices.map(choiceOf),
    })),
  };
}

/** Asked for bread at a mill: give it, refuse, or ask once more. */
export const mill = dialogueOf("mill", [
  [
    [1, ["give:bread", "fact:mill.helped"]],
    [2, ["refuse", "nofact:mill.friend"]],
    [3, [], ["mill.key"]],
    [0, ["again"]],
  ],
  [[3, ["accept"]]],
  [],
  [],
]);

export const ferry = dialogueOf("ferry", [[[1], [2, [], ["!toll.paid"]]], [[2]], []]);

export const configuration: Partial<ConfigureStory> = {
  dialogues: [mill, ferry],
  facts: ["ferry.open"],
  storylets: [{ storylet: "wolves", facts: ["wolves.near"] }],
  titles: [{ id: "old-mill", title: "the old mill" }],
};

interface Wanted {
  readonly type: DescMessage;
  readonly event: MessageInitShape<DescMessage>;
}

/** A world with the story, and somebody who publishes what the test says. */
export class StoryRig {
  readonly world: TestWorld;
  readonly #wanted: Wanted[] = [];

  constructor(
    setup: Partial<ConfigureStory> = configuration,
    options: Partial<TestWorldOptions> = {},
  ) {
    const herald = scripted("herald", {
      publish: (ctx) => {
        for (const { type, event } of this.#wanted.splice(0)) ctx.publish(type, event);
      },
    });
    this.world = createTestWorld({
      actors: [story, herald],
      bootstrap: [{ address: "story/main", type: ConfigureStorySchema, message: setup }],
      ...options,
    });
    this.world.step();
  }

  get state() {
    return this.world.stateOf("story/main", StoryStateSchema) ?? create(StoryStateSchema);
  }

  /** Publishes an event, and lets all of it be handled. */
  publish<Desc extends DescMessage>(
    type: Desc,
    ...events: readonly MessageInitShape<Desc>[]
  ): void {
    this.#wanted.push(...events.map((event) => ({ type, event: event as never })));
    tell(this.world, "herald/main", "publish");
    this.world.step();
  }
}
