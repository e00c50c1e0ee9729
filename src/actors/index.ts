import type { ActorDefinition } from "../runtime/index.ts";
import { clock } from "./clock/clock.ts";
import { sky } from "./sky/sky.ts";
import { weather } from "./weather/weather.ts";

/** Every kind of actor that a world may have. */
export const actors: readonly ActorDefinition[] = [clock, weather, sky];
