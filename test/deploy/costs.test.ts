import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { services } from "../../deploy/aws/services.ts";
import { waysOf } from "../../src/bridges/cost/ways.ts";
import { commandPollersDefault } from "../../src/bridges/read-configuration.ts";
import { type Properties, readTemplate, templateNames } from "./template.ts";

const page = readFileSync(new URL("../../docs/deploy.md", import.meta.url), "utf8");

/** The cells of a table's row that begins with a text. */
function row(begin: string): readonly string[] {
  const line = page.split("\n").find((each) => each.startsWith(`| ${begin} |`));
  if (line === undefined) throw new Error(`docs/deploy.md has no row ${begin}`);
  return line
    .split("|")
    .slice(2, -1)
    .map((cell) => cell.trim());
}

const price = (name: string): number => Number(row(name)[0]);
const hours = 730;
const pollsPerMonth = (hours * 3_600) / 20;

function costsOf(name: string): Readonly<Record<string, number>> {
  const { ofType } = readTemplate(name);
  const tasks = ofType("AWS::ECS::TaskDefinition").map(({ properties }) => properties);
  const perHour = tasks.map(
    ({ Cpu, Memory }) =>
      (Cpu / 1_024) * price("Fargate ARM, vCPU and hour") +
      (Memory / 1_024) * price("Fargate ARM, GB and hour"),
  );
  const alarmMetrics = ofType("AWS::CloudWatch::Alarm").flatMap(
    ({ properties }): unknown[] =>
      properties.Metrics?.filter((each: Properties) => each.MetricStat) ?? [properties],
  );
  const [dashboard] = ofType("AWS::CloudWatch::Dashboard");
  const widgets: Properties[] = JSON.parse(dashboard?.properties.DashboardBody).widgets;
  const shown = widgets.flatMap((widget) => widget.properties.metrics ?? []);
  const bridges = tasks.map((task) =>
    JSON.parse(task.ContainerDefinitions[0].Environment[0].Value),
  );
  // Where the server is elsewhere, it takes commands all the same.
  const pollers = (tasks.length === 0 ? [{ commands: {} }] : bridges)
    .flatMap((bridge) => [bridge.commands && commandPollersDefault, bridge.events && 1])
    .reduce((sum: number, each) => sum + (each ?? 0), 0);
  return {
    tasks: hours * perHour.reduce((sum, each) => sum + each, 0),
    "public addresses": tasks.length * hours * price("public IPv4 address, hour"),
    "alarm metrics":
      Math.max(0, alarmMetrics.length - 10) * price("alarm metric, month, after the first 10"),
    dashboard: shown.length > 50 ? price("dashboard of more than 50 metrics, month") : 0,
    "polls of the server": (pollers * pollsPerMonth * price("SQS, a million requests")) / 1e6,
  };
}

describe.each(templateNames.map((name, column) => ({ name, column })))(
  "the template $name",
  ({ name, column }) => {
    const costs = costsOf(name);

    test.each(Object.keys(costs))("costs what docs/deploy.md says: %s", (what) => {
      expect(row(what)[column]).toBe(costs[what]?.toFixed(2));
    });

    test("costs together what docs/deploy.md says", () => {
      const sum = Object.values(costs).reduce((all, each) => all + Number(each.toFixed(2)), 0);
      expect(row("together, $")[column]).toBe(sum.toFixed(2));
    });

    test("has as many resources as docs/deploy.md says", () => {
      expect(row(`\`${name}.json\``)[1]).toBe(String(readTemplate(name).resources.length));
    });

    test("has the alarms that docs/deploy.md explains", () => {
      for (const { properties } of readTemplate(name).ofType("AWS::CloudWatch::Alarm")) {
        const alarm = properties.AlarmName.replace("tellurion-sample-", "");
        expect(row(`\`${alarm}\``)).toHaveLength(2);
      }
    });
  },
);

test.each([
  ["all-in-one", "of an all-in-one world"],
  ["split", "of a split world"],
])("events of the template %s cost what docs/deploy.md says", (name, begin) => {
  const { ofType } = readTemplate(name);
  const configurations = ofType("AWS::ECS::TaskDefinition").map(({ properties }) =>
    JSON.parse(properties.ContainerDefinitions[0].Environment[0].Value),
  );
  // One without streams of its own has the one that bridges have by default.
  const streams = configurations.flatMap(({ out }) => (out ? (out.streams ?? [{}]) : []));
  const followers = ofType("AWS::SNS::Subscription").map(({ properties }) => properties);
  const queues = streams.map(({ name: stream }) => {
    const others = followers.filter(({ FilterPolicy: filter }) => {
      return !filter?.s.some((rule: Properties) => rule["anything-but"].includes(stream));
    });
    return others.length;
  });
  const [services = 0] = queues;
  expect(new Set(queues)).toEqual(new Set([services]));
  const month = { events: 10_000_000, eventBytes: 104, lingerMs: 5_000, hoursPerDay: 24 };
  const ways = waysOf({ ...month, streams: streams.length, services, pollers: 1 });
  const told = [streams.length, services, ...ways.slice(-2).map(({ bill }) => bill.dollars)];
  expect(row(begin)).toEqual(told.map((each, i) => each.toFixed(i < 2 ? 0 : 2)));
});

test("docs/deploy.md says of each service where it runs", () => {
  const words = { every: "every process", none: "not in this version" } as const;
  for (const [service, place] of Object.entries(services)) {
    expect(row(service)).toEqual([words[place as keyof typeof words] ?? place]);
  }
});
