import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type BridgeCounters, noBridgeCounters } from "../../../src/bridges/counters.ts";
import { addBridge } from "../../../src/server/metrics/bridge-metrics.ts";
import { PrometheusText } from "../../../src/server/metrics/prometheus.ts";
import { readPrometheusPage } from "../../support/prometheus-page.ts";

function pageOf(counters: BridgeCounters): Map<string, number> {
  const text = new PrometheusText();
  addBridge(text, counters);
  return readPrometheusPage(text.toString());
}

test("each number of a bridge is on the page, in one place of its own", () => {
  const names = Object.keys(noBridgeCounters);
  for (const name of names) {
    const page = pageOf({ ...noBridgeCounters, [name]: 7_000 });
    const set = [...page].filter(([, value]) => value !== 0);
    expect(set, name).toHaveLength(1);
  }
  expect(pageOf(noBridgeCounters).size).toBe(names.length);
});

test("the page says what is shed and what became of commands by label, and ages in seconds", () => {
  const page = pageOf({
    ...noBridgeCounters,
    outboxOldestAgeMs: 2_500,
    shedLatestWins: 3,
    commandsRefused: 4,
  });
  expect(page.get("tellurion_bridge_outbox_oldest_age_seconds")).toBe(2.5);
  expect(page.get('tellurion_bridge_events_shed_total{reason="latest-wins"}')).toBe(3);
  expect(page.get('tellurion_bridge_commands_total{outcome="refused"}')).toBe(4);
});

test("docs/observability.md has a row for each metric of a bridge, and no others", () => {
  const path = new URL("../../../docs/observability.md", import.meta.url);
  const rows = readFileSync(path, "utf8").matchAll(
    /^\| `([a-z_]+)` \| (?:gauge|counter) \| \S.+ \|$/gm,
  );
  const told = [...rows].map(([, name]) => `tellurion_bridge_${name}`);
  const names = [...pageOf(noBridgeCounters).keys()].map((name) => name.replace(/\{.*/, ""));
  expect(told.sort()).toEqual([...new Set(names)].sort());
});
