import { allocation } from "./allocation/index.ts";
import { bounds } from "./bounds/index.ts";
import { bridge } from "./bridge/index.ts";
import { codec } from "./codec/index.ts";
import { durability } from "./durability/index.ts";
import { exchange } from "./exchange/index.ts";
import { frames } from "./frames/index.ts";
import { gateway } from "./gateway/index.ts";
import { growth } from "./growth/index.ts";
import { idle } from "./idle/index.ts";
import { pacing } from "./pacing/index.ts";
import { roundTrip } from "./round-trip/index.ts";
import { sizes } from "./sizes/index.ts";
import type { Table } from "./table.ts";
import { tell } from "./tell/index.ts";
import { weatherYear } from "./weather-year/index.ts";
import { npcs } from "./world/npc/index.ts";
import { questEvents } from "./world/quest.ts";
import { storyteller } from "./world/storyteller.ts";
import { worldWeather } from "./world/weather.ts";
import { worldState } from "./world/world-state.ts";

export const tables: readonly Table[] = [
  frames,
  tell,
  codec,
  sizes,
  roundTrip,
  exchange,
  pacing,
  growth,
  bounds,
  allocation,
  idle,
  weatherYear,
  worldWeather,
  worldState,
  npcs,
  questEvents,
  storyteller,
  durability,
  bridge,
  gateway,
];
