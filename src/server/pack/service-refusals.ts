import { create, type DescMessage } from "@bufbuild/protobuf";
import { checkConfiguration as checkLanguage } from "../../actors/language/configuration.ts";
import { checkConfiguration as checkNpcs } from "../../actors/npc/configuration.ts";
import { checkConfiguration as checkQuests } from "../../actors/quest/configuration.ts";
import { checkConfiguration as checkSky } from "../../actors/sky/configuration.ts";
import { checkConfiguration as checkStory } from "../../actors/story/configuration.ts";
import { checkConfiguration as checkStoryteller } from "../../actors/storyteller/configuration.ts";
import { checkConfiguration as checkTraces } from "../../actors/traces/configuration.ts";
import { checkConfiguration as checkWorld } from "../../actors/world/configuration.ts";
import { ConfigureLanguageSchema } from "../../gen/tellurion/v1/language_pb.ts";
import { ConfigureNpcsSchema } from "../../gen/tellurion/v1/npc_pb.ts";
import { ConfigureQuestsSchema } from "../../gen/tellurion/v1/quest_pb.ts";
import { ConfigureStorySchema } from "../../gen/tellurion/v1/story_pb.ts";
import { ConfigureStorytellerSchema } from "../../gen/tellurion/v1/storyteller_pb.ts";
import { ConfigureTracesSchema } from "../../gen/tellurion/v1/traces_pb.ts";
import { ConfigureSkySchema } from "../../gen/tellurion/v1/weather_pb.ts";
import { ConfigureWorldSchema } from "../../gen/tellurion/v1/world_pb.ts";
import type { Bootstrap } from "../../runtime/host.ts";
import { Rejection } from "../../runtime/index.ts";
import { under } from "./decode.ts";
import { type Faults, inJsonNames } from "./faults.ts";
import type { Pack } from "./pack.ts";
import type { Located, PartName } from "./parts.ts";

type Check = (message: never, path: string) => unknown;

/** What services say themselves to what they are set up with. */
const checks = new Map<DescMessage, Check>([
  [ConfigureSkySchema, checkSky],
  [ConfigureWorldSchema, checkWorld as Check],
  [ConfigureNpcsSchema, checkNpcs],
  [ConfigureQuestsSchema, checkQuests],
  [ConfigureStorytellerSchema, checkStoryteller],
  [ConfigureStorySchema, checkStory],
  [ConfigureTracesSchema, checkTraces],
  [ConfigureLanguageSchema, checkLanguage],
]);

/** Where lists of the messages come from. */
const partOf: Readonly<Record<string, PartName>> = {
  quests: "quests",
  goods: "goods",
  encounterKinds: "encounters",
  occurrenceKinds: "occurrences",
  factions: "factions",
  festivals: "festivals",
  storylets: "storylets",
  personalities: "personalities",
  templates: "traces",
  lineage: "languages",
  roles: "roles",
};

/**
 * Asks every service whether it takes what it will be told, and notes each refusal where it stands in
 * the pack.
 */
export function noteRefusals(pack: Pack, messages: readonly Bootstrap[], faults: Faults): void {
  const said = new Set<string>();
  for (const { address, type, message: init } of messages) {
    const message = create(type, init);
    try {
      checks.get(type)?.(message as never, "");
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      const text = inJsonNames(error.message);
      const { file, path, length } = sourceOf(text, message as never, pack);
      const { line, column } = file.placeOf(path);
      // What several actors are told, several refuse.
      const place = `${file.path}:${line}:${column}`;
      if (said.has(place)) continue;
      said.add(place);
      const where = length > 0 ? path : `${address} refuses what the pack makes of it: `;
      faults.say(file, path, `${where}${text.slice(length)}`);
    }
  }
}

interface Source extends Pick<Located<unknown>, "file" | "path"> {
  /** How much of the text is the path that the message has. */
  readonly length: number;
}

/** Finds the definition of the pack that a text like `definition.goods[3].price=…` is about. */
function sourceOf(
  text: string,
  message: Readonly<Record<string, unknown>>,
  { plan, parts, dialogues }: Pack,
): Source {
  const [{ length } = "", list = "", index = "0", rest = ""] =
    /^(?:definition\.)?(\w+)(?:\[(\d+)\])?\.?([\w.[\]]*)/.exec(text) ?? [];
  const { definition } = message as { readonly definition?: object };
  const holder = (definition ?? message) as Readonly<Record<string, unknown>>;
  const items = holder[list] as readonly { readonly name?: string }[] | undefined;
  const name = Array.isArray(items) ? items[Number(index)]?.name : undefined;
  const part = partOf[list];
  const candidates: readonly Located<{ readonly name: string }>[] =
    list === "dialogues" ? dialogues : part ? (parts[part] as never) : [];
  const found = candidates.find(({ value }) => value.name === name);
  if (found) return { file: found.file, path: under(found.path, rest), length };
  const [map] = parts.map;
  if (list === "map" && map) return { file: map.file, path: under(map.path, rest), length };
  return { file: plan.file, path: "", length: 0 };
}
