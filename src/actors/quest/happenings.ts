import { type QuestEndedEvent, QuestScope } from "../../gen/tellurion/v1/quest_pb.ts";
import type { StoryChoiceEvent, StoryFactEvent } from "../../gen/tellurion/v1/story_pb.ts";
import type { StoryBeatEvent } from "../../gen/tellurion/v1/storyteller_pb.ts";
import type { TraceDiscoveredEvent } from "../../gen/tellurion/v1/traces_pb.ts";
import type { WeatherEvent } from "../../gen/tellurion/v1/weather_pb.ts";
import type { OccurrenceEvent } from "../../gen/tellurion/v1/world_pb.ts";
import type { Plain } from "../common/plain.ts";
import { worldPlayer } from "./book.ts";
import { abandonQuest, acceptHindrance, acceptQuest } from "./commands.ts";
import { isPlayer } from "./deeds.ts";
import { playerFactsMax, worldFactsMax } from "./limits.ts";
import { offerGenerated } from "./needs.ts";
import { offerOnOccurrence, playersIn, tryOffer } from "./offers.ts";
import {
  choicePattern,
  discoveryPattern,
  occurrencePattern,
  questPattern,
  weatherPattern,
} from "./patterns.ts";
import { observe } from "./progress.ts";
import { meet, runsOf, type Turn } from "./turn.ts";

type Said<T> = Readonly<Plain<T>>;

export function hearOccurrence(turn: Turn, event: Omit<Said<OccurrenceEvent>, "intensity">): void {
  const { id, kind, region, place, started, gameMs } = event;
  observe(turn, {
    kind: "occurrence",
    texts: [occurrencePattern(kind, region, started)],
    ...{ player: "", amount: 1, gameMs },
    mark: () => `${id}/${started ? "began" : "ended"}`,
  });
  if (!started) return;
  offerOnOccurrence(turn, kind, { region, place, giver: "", cause: `occurrence/${id}` });
}

export function hearWeather(
  turn: Turn,
  { newState, region, gameMs }: Pick<Said<WeatherEvent>, "newState" | "region" | "gameMs">,
): void {
  observe(turn, {
    kind: "weather",
    texts: [weatherPattern(newState, region)],
    ...{ player: "", amount: 1, gameMs },
    mark: () => `${region}/${newState}/${gameMs}`,
  });
}

export function hearDiscovery(turn: Turn, event: Said<TraceDiscoveredEvent>): void {
  const { player, trace, kind, region, gameMs } = event;
  if (!isPlayer(player)) return;
  observe(turn, {
    kind: "discovery",
    texts: [discoveryPattern(player, kind, region)],
    ...{ player, amount: 1, gameMs },
    mark: () => `${player}/${trace}`,
  });
}

export function hearQuestEnd(turn: Turn, event: Said<QuestEndedEvent>): void {
  const { id, quest, outcome, gameMs } = event;
  const players = new Set([event.player, ...event.contributions.map(({ player }) => player)]);
  observe(turn, {
    kind: "quest",
    texts: [...players].map((player) => questPattern(player, quest, outcome)),
    player: event.player === worldPlayer ? "" : event.player,
    ...{ amount: 1, gameMs },
    mark: () => id,
  });
}

/** A choice may be what a quest waits for, and it may take one or give it up. */
export function hearChoice(turn: Turn, event: Said<StoryChoiceEvent>): void {
  const { player, dialogue, node, choice, region, tags, gameMs } = event;
  if (!isPlayer(player)) return;
  observe(turn, {
    kind: "choice",
    texts: (tags.length > 0 ? tags : [""]).map((tag) => choicePattern(player, dialogue, tag)),
    ...{ player, amount: 1, gameMs },
    mark: () => `${player}/${dialogue}/${node}/${choice}/${gameMs}`,
  });
  for (const tag of tags) {
    if (tag.startsWith("accept:")) takeUp(turn, player, tag.slice("accept:".length), region);
    if (tag.startsWith("abandon:")) giveUp(turn, player, tag.slice("abandon:".length));
    if (tag.startsWith("refuse:")) giveUp(turn, player, tag.slice("refuse:".length));
  }
}

/** Accepts what has been offered. What has not is offered first, if nothing stands against it. */
function takeUp(turn: Turn, player: string, quest: string, region: string): void {
  const definition = turn.live.definitions.get(quest);
  if (definition === undefined) {
    turn.out.log("warn", `player=${player} accepts quest=${quest}, which is not known`);
    return;
  }
  const offering = { player, region, place: "", giver: "", cause: "" };
  const run = runNamed(turn, player, quest) ?? tryOffer(turn, definition, offering, true);
  if (run === undefined || acceptHindrance(turn, run, player) !== undefined) return;
  acceptQuest(turn, run, player);
}

function giveUp(turn: Turn, player: string, quest: string): void {
  const run = runNamed(turn, player, quest);
  if (run !== undefined && run.player !== worldPlayer) abandonQuest(turn, run, player);
}

function runNamed({ live }: Turn, player: string, quest: string) {
  for (const run of runsOf(live, player)) if (run.quest === quest) return run;
  return undefined;
}

/** Facts decide what is offered. Where there is no room for one, it is not known. */
export function hearFact(turn: Turn, { fact, holds, player: name }: Said<StoryFactEvent>): void {
  const { book, live, out } = turn;
  const player = name === "" ? undefined : isPlayer(name) && meet(turn, name);
  if (player === false) return;
  if (player === undefined && live.facts.has(fact) === holds) return;
  const facts = player === undefined ? book.facts : player.facts;
  const at = facts.indexOf(fact);
  if (!holds) {
    if (at >= 0) facts.splice(at, 1);
  } else if (at < 0) {
    const most = player === undefined ? worldFactsMax : playerFactsMax;
    if (facts.length >= most) {
      out.log("warn", `fact=${fact} is not remembered: ${most} are, as many as may be`);
      return;
    }
    facts.push(fact);
  }
  if (player !== undefined) return;
  if (holds) live.facts.add(fact);
  else live.facts.delete(fact);
}

/**
 * The storyteller offers a quest: to a player, or to those who are in the region. One that is made
 * up is for one of them.
 */
export function hearQuestBeat(turn: Turn, event: Said<StoryBeatEvent>): void {
  const { live, out } = turn;
  const { beat, subject, region, place } = event;
  const cause = `beat/${beat}`;
  const known = isPlayer(event.player) ? [event.player] : playersIn(turn, region);
  if (subject === "generate") {
    const player = known.length > 1 ? known[out.random.integer(known.length)] : known[0];
    if (player === undefined) return;
    const occasion = { region, place, giver: "", need: "", good: "" };
    offerGenerated(turn, occasion, { player, cause });
    return;
  }
  const definition = live.definitions.get(subject);
  if (definition === undefined) {
    out.log("warn", `${cause} offers quest=${subject}, which is not known`);
    return;
  }
  // A quest of the world needs nobody to be there.
  for (const player of known.length > 0 ? known : [worldPlayer]) {
    const offering = { player, region, place, giver: "", cause };
    if (player === worldPlayer && !isOfWorld(definition)) return;
    tryOffer(turn, definition, offering);
  }
}

function isOfWorld({ scope }: { readonly scope: QuestScope }): boolean {
  return scope === QuestScope.WORLD;
}
