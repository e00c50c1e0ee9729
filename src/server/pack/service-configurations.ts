import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
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
import { Rejection, TellurionError } from "../../runtime/index.ts";

type Check = (message: never) => unknown;

function check<Desc extends DescMessage>(
  type: Desc,
  run: (message: MessageShape<Desc>) => unknown,
): readonly [DescMessage, Check] {
  return [type, run as Check];
}

/** What each service asks of what it is set up with. */
const checks: ReadonlyMap<DescMessage, Check> = new Map([
  check(ConfigureLanguageSchema, checkLanguage),
  check(ConfigureNpcsSchema, checkNpcs),
  check(ConfigureQuestsSchema, checkQuests),
  check(ConfigureSkySchema, checkSky),
  check(ConfigureStorySchema, checkStory),
  check(ConfigureStorytellerSchema, checkStoryteller),
  check(ConfigureTracesSchema, checkTraces),
  check(ConfigureWorldSchema, checkWorld),
]);

/**
 * Asks the services themselves, as they will when the world begins: what the pack's own rules let pass must not be
 * refused then, when nobody looks. Throws INVALID_WORLD_PACK with the actor and its words.
 */
export function checkServices(directory: string, messages: readonly Bootstrap[]): void {
  for (const { address, type, message } of messages) {
    try {
      checks.get(type)?.(create(type, message) as never);
    } catch (cause) {
      if (!(cause instanceof Rejection)) throw cause;
      const text = `${directory}: ${address} would refuse what the pack makes of it: ${cause.message}`;
      throw new TellurionError("INVALID_WORLD_PACK", text, { cause });
    }
  }
}
