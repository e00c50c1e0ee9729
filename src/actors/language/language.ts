import {
  ConfigureLanguageSchema,
  LanguageLearnedEventSchema,
  LanguageService,
  LanguageStateSchema,
  NameKind,
} from "../../gen/tellurion/v1/language_pb.ts";
import { NpcSpeakEventSchema } from "../../gen/tellurion/v1/npc_pb.ts";
import { QuestEndedEventSchema } from "../../gen/tellurion/v1/quest_pb.ts";
import { TraceDiscoveredEventSchema } from "../../gen/tellurion/v1/traces_pb.ts";
import { PlayerActedEventSchema } from "../../gen/tellurion/v1/world_pb.ts";
import { defineActor, isKey } from "../../runtime/index.ts";
import { refuse } from "../common/checks.ts";
import { interpret, localise, speak, tellLexicon, tellProgress, translate } from "./answers.ts";
import { compiledOf, configure, type State } from "./compiled.ts";
import type { ConfigureLanguage } from "./definition.ts";
import { hearSpeech, noteAction, readTrace, recallQuest } from "./hearing.ts";
import { relateWord } from "./learning.ts";
import { moveConcepts } from "./listeners.ts";
import { nameOf } from "./naming.ts";
import { portraitOf } from "./portrait.ts";
import { readWord } from "./spelling.ts";

/** A language of the world, `language/<name>`: what there is to say in it, and what players have learned of it. */
export const language = defineActor({
  kind: "language",
  state: LanguageStateSchema,
  activation: "spawned",
  init: () => ({}),
  // A restart would forget what players have learned.
  supervision: { directive: "resume" },
  on: ({ handle, answer, query }) => [
    handle(ConfigureLanguageSchema, (state, message, ctx) =>
      load(state, message.toObject(), ctx.key, ""),
    ),
    handle(PlayerActedEventSchema, (state, event) => {
      if (state.digest !== "") noteAction(state, event.player, event.region, event.gameMs);
    }),
    handle(NpcSpeakEventSchema, (state, event, ctx) => {
      if (state.digest === "" || event.language !== ctx.key) return;
      hearSpeech(state, event.toObject(), ctx);
    }),
    handle(TraceDiscoveredEventSchema, (state, event, ctx) => {
      if (state.digest !== "") readTrace(state, event.toObject(), ctx);
    }),
    handle(QuestEndedEventSchema, (state, event, ctx) => {
      if (state.digest !== "") recallQuest(state, event.toObject(), ctx);
    }),
    handle(LanguageLearnedEventSchema, (state, event, ctx) => {
      if (state.digest === "" || event.language === ctx.key || !isKey(event.player)) return;
      const compiled = compiledOf(state);
      if (event.family !== compiled.tongue.family) return;
      const word = readWord(event.word);
      if (word) relateWord(state, compiled, event.player, event.concept, word, ctx);
    }),
    answer(LanguageService.method.loadLanguage, (state, request, ctx) => {
      const { configuration } = request.toObject();
      if (configuration === undefined) {
        return refuse("configuration", "", "is a configuration: it is needed");
      }
      load(state, configuration, ctx.key, "configuration.");
      return { words: state.concepts.length };
    }),
    query(LanguageService.method.getLanguage, (state) => portraitOf(state)),
    query(LanguageService.method.getLexicon, (state, request) =>
      tellLexicon(state, request.toObject()),
    ),
    query(LanguageService.method.translate, (state, request) =>
      translate(state, request.toObject()),
    ),
    query(LanguageService.method.interpret, (state, request) =>
      interpret(state, request.toObject()),
    ),
    query(LanguageService.method.speak, (state, request) => speak(state, request.toObject())),
    query(LanguageService.method.getProgress, (state, request) =>
      tellProgress(state, request.toObject()),
    ),
    query(LanguageService.method.nameOf, (state, request) =>
      tellName(state, request.kind, request.number),
    ),
    query(LanguageService.method.localise, (state, request) => localise(state, request.toObject())),
  ],
});

function load(state: State, configuration: ConfigureLanguage, key: string, path: string): void {
  const { lineage } = configuration;
  const name = lineage.at(-1)?.name ?? "";
  if (lineage.length > 0 && name !== key) {
    refuse(`${path}lineage[${lineage.length - 1}].name`, name, `is this language's, ${key}`);
  }
  configure(state, configuration, path);
  moveConcepts(state, configuration.concepts);
}

function tellName(state: State, kind: NameKind, number: number) {
  const { tongue } = compiledOf(state);
  if (kind !== NameKind.PERSON && kind !== NameKind.PLACE) {
    refuse("kind", kind, "are 1 (NAME_KIND_PERSON) and 2 (NAME_KIND_PLACE)");
  }
  const { text, ipa, gloss, concepts } = nameOf(
    tongue,
    kind === NameKind.PERSON ? "person" : "place",
    number,
  );
  return { name: text, ipa, meaning: gloss, concepts: [...concepts] };
}
