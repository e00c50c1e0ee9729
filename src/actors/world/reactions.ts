import type { StoryChoiceEvent } from "../../gen/tellurion/v1/story_pb.ts";
import { BeatKind, type StoryBeatEvent } from "../../gen/tellurion/v1/storyteller_pb.ts";
import type { WeatherSevereEvent } from "../../gen/tellurion/v1/weather_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { checkInteger, checkNumber, checkOneOf } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { checkAgenda } from "./agenda.ts";
import { encountersMax, spawnEncounter } from "./encounters.ts";
import { amountIn, changeStock, coins, noteMade, noteUsed } from "./goods.ts";
import { checkNew, checkStart, minutesMax, startOccurrence } from "./occurrences.ts";
import { placeOf, placesIn } from "./places.ts";
import { knownPlayerOf, roomForCoins } from "./players.ts";
import { definitionOf, type Outlet, regionNames, type World } from "./world-state.ts";

/** Carries out what the storyteller decided, as far as it is the world's. */
export function carryOut(world: World, beat: Plain<StoryBeatEvent>, out: Outlet): void {
  const { kind, region, place, subject, intensity, minutes } = beat;
  const cause = `beat/${beat.beat}`;
  if (kind === BeatKind.OCCURRENCE) {
    const start = { kind: subject, region, place, intensity, minutes, cause };
    checkStart(world, start, "");
    checkNew(world, start);
    startOccurrence(world, start, out);
  } else if (kind === BeatKind.ENCOUNTER) {
    const at = placeForEncounter(world, beat, out);
    checkNumber("intensity", intensity, 0, 1);
    checkInteger("minutes", minutes, 0, minutesMax);
    checkAgenda(world);
    if (world.encounters.length >= encountersMax) {
      throw new Rejection("RESOURCE_EXHAUSTED", `there are ${encountersMax} encounters already`);
    }
    spawnEncounter(world, { kind: subject, place: at, intensity, minutes, cause }, out);
  }
}

/** Where the beat says or, where it says nothing, at one of the region's places of a right kind. */
function placeForEncounter(world: World, beat: Plain<StoryBeatEvent>, out: Outlet): string {
  const { encounterKinds } = definitionOf(world);
  checkOneOf(
    "subject",
    beat.subject,
    encounterKinds.map(({ name }) => name),
  );
  if (beat.place !== "" && placeOf(world, beat.place) !== undefined) return beat.place;
  checkOneOf("region", beat.region, regionNames(world));
  const kinds = encounterKinds.find(({ name }) => name === beat.subject)?.places ?? [];
  const fitting = placesIn(world, beat.region)
    .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
    .map(({ id }) => id);
  checkOneOf("place", fitting.length === 0 ? beat.place : (fitting[0] as string), fitting);
  return fitting[out.random.integer(fitting.length)] as string;
}

const givePattern = /^give:([a-z0-9_.:-]{1,64})$/;
const coinsPattern = /^coins:(-?[1-9][0-9]{0,8})$/;

/**
 * What a choice in a dialogue costs the player, or brings: `give:bread` gives one bread away,
 * `coins:5` brings five coins, `coins:-5` costs them. Who has not enough gives nothing.
 */
export function takeChoice(world: World, choice: Plain<StoryChoiceEvent>, out: Outlet): void {
  const player = knownPlayerOf(world, choice.player);
  if (player === undefined) return;
  for (const tag of choice.tags) {
    const item = givePattern.exec(tag)?.[1];
    const change = Number(coinsPattern.exec(tag)?.[1] ?? 0);
    if (item !== undefined && amountIn(player.inventory, item) > 0) {
      changeStock(player.inventory, item, -1);
      noteUsed(world, item, 1);
    } else if (change > 0) {
      const brought = roomForCoins(player, change);
      player.coins += brought;
      noteMade(world, coins, brought);
    } else if (change < 0 && player.coins + change >= 0) {
      player.coins += change;
      noteUsed(world, coins, -change);
    } else if (item !== undefined || change < 0) {
      out.log("warn", `${player.id} does not have what the choice ${tag} takes`);
    }
  }
}

/** In severe weather prices are higher, and nothing is gathered in the open. */
export function noteSevere(world: World, { region, started }: Plain<WeatherSevereEvent>): void {
  const others = world.severeRegions.filter((name) => name !== region);
  const isKnown = regionNames(world).includes(region);
  world.severeRegions = started && isKnown ? [...others, region] : others;
}
