import type { Table } from "../table.ts";
import { measureQuestEvents } from "./quest-events.ts";

export const questEvents: Table = {
  name: "quest-events",
  about: "an event against 1,000 active quests: the time that one of them takes",
  cases: [
    {
      rows: [
        { row: "quest-match-p50", unit: "us" },
        { row: "quest-match-p99", unit: "us" },
      ],
      run: async ({ scale }) => measureQuestEvents(scale, "match"),
    },
    {
      rows: [
        { row: "quest-other-p50", unit: "us" },
        { row: "quest-other-p99", unit: "us" },
      ],
      run: async ({ scale }) => measureQuestEvents(scale, "other"),
    },
  ],
  bars: [
    { what: "quest-match-p99", value: (median) => median("quest-match-p99"), most: 20 },
    { what: "quest-other-p99", value: (median) => median("quest-other-p99"), most: 20 },
  ],
};
