import type { Contract } from "./contract.ts";
import { ofPeople, ofWords } from "./of-people.ts";
import { ofQuestEnds, ofQuests } from "./of-quests.ts";
import { ofBeats, ofChoices, ofFacts } from "./of-story.ts";
import { ofDays, ofTime } from "./of-time.ts";
import { ofSevereWeather, ofWeather } from "./of-weather.ts";
import { ofDeeds, ofOccurrences } from "./of-world.ts";

/** What each consumer makes of each event. */
export const contracts: readonly Contract[] = [
  ...ofTime,
  ...ofDays,
  ...ofWeather,
  ...ofSevereWeather,
  ...ofOccurrences,
  ...ofDeeds,
  ...ofQuestEnds,
  ...ofQuests,
  ...ofBeats,
  ...ofChoices,
  ...ofFacts,
  ...ofPeople,
  ...ofWords,
];
