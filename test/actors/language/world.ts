import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ConfigureLanguage } from "../../../src/actors/language/definition.ts";
import { language } from "../../../src/actors/language/language.ts";
import {
  ConfigureLanguageSchema,
  LanguageStateSchema,
} from "../../../src/gen/tellurion/v1/language_pb.ts";
import { NpcSpeakEventSchema } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import { QuestEndedEventSchema } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { TraceDiscoveredEventSchema } from "../../../src/gen/tellurion/v1/traces_pb.ts";
import { PlayerActedEventSchema } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { defineActor } from "../../../src/runtime/index.ts";
import {
  createTestWorld,
  type TestWorld,
  type TestWorldOptions,
} from "../../../src/runtime/testkit/index.ts";
import { ActSchema, CounterStateSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";

type Speech = MessageInitShape<typeof NpcSpeakEventSchema>;
type Action = MessageInitShape<typeof PlayerActedEventSchema>;
type Discovery = MessageInitShape<typeof TraceDiscoveredEventSchema>;
type QuestEnd = MessageInitShape<typeof QuestEndedEventSchema>;

/** Publishes what NPCs, players, traces and quests would: the event as JSON in an act. */
const crowd = defineActor({
  kind: "crowd",
  state: CounterStateSchema,
  init: () => ({}),
  on: ({ handle }) => [
    handle(ActSchema, (_state, { what, target }, ctx) => {
      const event = JSON.parse(target, (key, value) => (key === "gameMs" ? BigInt(value) : value));
      if (what === "speak") ctx.publish(NpcSpeakEventSchema, event as Speech);
      if (what === "act") ctx.publish(PlayerActedEventSchema, event as Action);
      if (what === "find") ctx.publish(TraceDiscoveredEventSchema, event as Discovery);
      if (what === "quest") ctx.publish(QuestEndedEventSchema, event as QuestEnd);
    }),
  ],
});

/** A world of languages, each spawned with its configuration, and a crowd. */
export function languageWorld(
  languages: Readonly<Record<string, ConfigureLanguage>>,
  options: Partial<TestWorldOptions> = {},
): TestWorld {
  const world = createTestWorld({
    actors: [language, crowd],
    bootstrap: Object.entries(languages).map(([name, message]) => ({
      address: `language/${name}`,
      type: ConfigureLanguageSchema,
      message,
    })),
    ...options,
  });
  world.step();
  return world;
}

function tell(world: TestWorld, what: string, event: object): void {
  const target = JSON.stringify(event, (_, value) =>
    typeof value === "bigint" ? String(value) : value,
  );
  world.send("crowd/all", ActSchema, { what, target });
  // A frame to activate and speak, and one to hear.
  world.step(2);
}

export function speak(world: TestWorld, event: Speech): void {
  tell(world, "speak", event);
}

export function act(world: TestWorld, event: Action): void {
  tell(world, "act", event);
}

export function find(world: TestWorld, event: Discovery): void {
  tell(world, "find", event);
}

export function endQuest(world: TestWorld, event: QuestEnd): void {
  tell(world, "quest", event);
}

export function stateOf(world: TestWorld, name: string) {
  return world.stateOf(`language/${name}`, LanguageStateSchema);
}
