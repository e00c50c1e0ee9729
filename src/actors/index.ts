import type { ActorDefinition } from "../runtime/index.ts";
import { bridge } from "./bridge/bridge.ts";
import { clock } from "./clock/clock.ts";
import { language } from "./language/language.ts";
import { npc } from "./npc/npc.ts";
import { quest } from "./quest/quest.ts";
import { sky } from "./sky/sky.ts";
import { story } from "./story/story.ts";
import { storyteller } from "./storyteller/storyteller.ts";
import { traces } from "./traces/traces.ts";
import { weather } from "./weather/weather.ts";
import { world } from "./world/world.ts";

/** Every kind of actor that a world may have. */
export const actors: readonly ActorDefinition[] = [
  clock,
  sky,
  weather,
  world,
  npc,
  quest,
  storyteller,
  story,
  traces,
  language,
  bridge,
];
