import type { BridgedEvent } from "./bridged-event.ts";
import type {
  BridgeConfiguration,
  CommandsConfiguration,
  EventsConfiguration,
} from "./configuration.ts";
import { invalid, JsonSection, textOf } from "./json-section.ts";
import { regionOfEmulators, regionOfQueue } from "./place.ts";
import { readOut } from "./read-out.ts";

/** What the world offers that a configuration may name. Its catalogue is one. */
export interface Bridgeable {
  readonly events: readonly BridgedEvent[];
  readonly methods: readonly { readonly name: string; readonly isQuery: boolean }[];
}

const methodsMax = 1_000;
const pollersMax = 16;
/** Of the queue of commands: each costs something when nothing comes. */
export const commandPollersDefault = 1;

const region = /^[a-z]{2}(-[a-z]+)+-\d$/;
const queueUrl = /^https?:\/\/[^/\s?#]+\/\d{12}\/[A-Za-z0-9_-]{1,80}([.]fifo)?$/;
const queueUrlValid = "are addresses like https://sqs.eu-west-1.amazonaws.com/123456789012/name";

/**
 * Reads a bridge's configuration from JSON that was parsed, with the defaults of what is left out. Throws INVALID_OPTION
 * that names the field, its value and what would be valid; a field that nobody knows is refused as well.
 */
export function readConfiguration(json: unknown, world: Bridgeable): BridgeConfiguration {
  const root = new JsonSection("", json);
  const endpoint = root.text(
    "endpoint",
    /^https?:\/\/[^/\s?#]+\/?$/,
    "are addresses like http://127.0.0.1:4566",
  );
  const namedRegion = root.text("region", region, "are regions like eu-west-1");
  const out = root.section("out");
  const commands = root.section("commands");
  const events = root.section("events");
  root.end();
  const configuration = {
    endpoint,
    out: out && readOut(out, world.events),
    commands: commands && readCommands(commands, world.methods),
    events: events && readEvents(events),
  };
  if (!out && !commands && !events) {
    throw invalid("", json, "is one with at least one of out, commands and events");
  }
  return { ...configuration, region: regionOf(namedRegion, configuration) };
}

function readCommands(section: JsonSection, methods: Bridgeable["methods"]): CommandsConfiguration {
  const commands = new Set(methods.filter(({ isQuery }) => !isQuery).map(({ name }) => name));
  const configuration = {
    ...readQueues(section),
    methods: section.require(
      "methods",
      section.list("methods", methodsMax, (path, value) => {
        const name = textOf(
          path,
          value,
          /./,
          "are commands like tellurion.v1.WeatherService/SetWeather",
        );
        if (commands.has(name)) return name;
        throw invalid(
          path,
          value,
          "are commands of the world, like tellurion.v1.WeatherService/SetWeather",
        );
      }),
    ),
    pollers: section.whole("pollers", 1, pollersMax) ?? commandPollersDefault,
  };
  section.end();
  return configuration;
}

function readEvents(section: JsonSection): EventsConfiguration {
  const configuration = readQueues(section);
  section.end();
  return configuration;
}

function readQueues(section: JsonSection): EventsConfiguration {
  return {
    queueUrl: section.require("queueUrl", section.text("queueUrl", queueUrl, queueUrlValid)),
    deadLetterQueueUrl: section.text("deadLetterQueueUrl", queueUrl, queueUrlValid),
  };
}

/** The region that is named, or that of the topic or the queues. With an endpoint any will do. */
function regionOf(
  named: string | undefined,
  configuration: Omit<BridgeConfiguration, "region">,
): string {
  const { out, commands, events, endpoint } = configuration;
  const places = [
    ["out.topicArn", out?.topicArn, out?.topicArn.split(":")[3]],
    ["commands.queueUrl", commands?.queueUrl, commands && regionOfQueue(commands.queueUrl)],
    ["events.queueUrl", events?.queueUrl, events && regionOfQueue(events.queueUrl)],
  ] as const;
  const [, , first] = places.find(([, , found]) => found !== undefined) ?? [];
  const chosen = named ?? first ?? (endpoint === undefined ? undefined : regionOfEmulators);
  if (chosen === undefined) throw invalid("region", undefined, "are regions like eu-west-1");
  for (const [path, value, found] of places) {
    if (found === undefined || found === chosen) continue;
    throw invalid(path, value, `are those of the region ${chosen}: a bridge has one`);
  }
  return chosen;
}
