import { readFile, writeFile } from "node:fs/promises";
import { openAwsClients, severalAttempts } from "../../bridges/aws-clients.ts";
import { configurationFile } from "../../bridges/configuration-file.ts";
import { type Place, regionOfEmulators } from "../../bridges/place.ts";
import type { ResourceWishes } from "../../bridges/resources.ts";
import { planSetup, type SetupStep, setUp } from "../../bridges/setup.ts";

import { TellurionError } from "../../runtime/index.ts";
import { messageOf, quoted } from "../calls.ts";
import { defineCommand } from "./command.ts";
import { flag, type Option, type OptionValues, text } from "./options.ts";

const valueCharactersMax = 70;

const endpoint: Option<string | undefined> = {
  ...text("URL", "an emulator, or another place than AWS itself", ""),
  default: undefined,
  valid: "addresses like http://127.0.0.1:4566",
  read: (value) => /^(https?:\/\/[^/]+)\/?$/.exec(value)?.[1],
};

const region: Option<string | undefined> = {
  ...text("REGION", "like eu-west-1", ""),
  default: undefined,
  defaultText: "what AWS_REGION says",
  valid: "names of regions like eu-west-1",
  read: (value) => (/^[a-z]{2}(-[a-z]+)+-\d+$/.test(value) ? value : undefined),
};

function names(placeholder: string, about: string): Option<readonly string[]> {
  return {
    ...{ placeholder, about, default: [], defaultText: "none" },
    valid: "names that are not empty",
    read: (value) => (value === "" ? undefined : [value]),
    join: (before, after) => [...before, ...after],
  };
}

const options = {
  endpoint,
  region,
  prefix: text("PREFIX", "begins the names of all topics and queues", "tellurion-sample"),
  service: names("NAME", "gets the events in a queue of its own; again for another one"),
  method: names("METHOD", "lets this command in from the queue; again for another one"),
  fifo: flag("makes a FIFO topic and FIFO queues"),
  plan: flag("says what would be done, and touches nothing"),
  write: {
    ...text("FILE", "writes the bridge's configuration into a file", ""),
    defaultText: "it is printed",
  },
};

/** Makes what a bridge needs in an account, or on an emulator. */
export const setupCommand = defineCommand({
  name: "setup",
  about: "makes the topics and queues of a bridge, where they are missing",
  options,
  details: ["It may be run again: what is there as it should be is left alone."],
  async run(values, { print }) {
    const place = placeOf(values);
    const wishes: ResourceWishes = {
      prefix: values.prefix,
      services: values.service,
      fifo: values.fifo,
    };
    const clients = await openAwsClients(place, severalAttempts);
    try {
      if (values.plan) {
        const steps = await planSetup(wishes, clients);
        for (const line of stepLines(steps)) print(line);
        print(`${countsOf(steps, "to create", "to change")}; nothing was touched`);
        return;
      }
      const result = await setUp(wishes, clients);
      for (const line of stepLines(result.steps)) print(line);
      print(countsOf(result.steps, "created", "changed"));
      const configuration = configurationFile(place, wishes, result, values.method);
      await hand(JSON.stringify(configuration, undefined, 2), values.write, print);
    } finally {
      clients.close();
    }
  },
});

function placeOf(values: OptionValues<typeof options>): Place {
  const { AWS_REGION } = process.env;
  const byDefault = AWS_REGION ?? (values.endpoint && regionOfEmulators);
  const name = values.region ?? byDefault;
  if (name !== undefined) return { region: name, endpoint: values.endpoint };
  throw new TellurionError(
    "INVALID_OPTION",
    "--region is missing; valid are --region REGION for AWS, or --endpoint URL for an emulator",
  );
}

function stepLines(steps: readonly SetupStep[]): string[] {
  return steps.flatMap(({ resource: { kind, name }, action, attributes, before }) => [
    `${action.padEnd(8)}${kind.padEnd(14)}${name}`,
    ...(action !== "change" ? [] : Object.entries(attributes)).map(
      ([setting, value]) => `${" ".repeat(22)}${setting}: ${cut(before[setting])} → ${cut(value)}`,
    ),
  ]);
}

function cut(value = "none"): string {
  return value.length > valueCharactersMax ? `${value.slice(0, valueCharactersMax)}…` : value;
}

function countsOf(steps: readonly SetupStep[], created: string, changed: string): string {
  const count = (action: string) => steps.filter((step) => step.action === action).length;
  return `${count("create")} ${created}, ${count("change")} ${changed}, ${count("leave")} as they are`;
}

/** Prints the configuration, or writes it where there is none yet: somebody may have changed the one that is there. */
async function hand(json: string, file: string, print: (text: string) => void): Promise<void> {
  if (file === "") return print(json);
  const before = await readFile(file, "utf8").catch(() => undefined);
  const after = `${json}\n`;
  if (before === after) return print(`${file} says so already`);
  try {
    await writeFile(file, after, { flag: "wx" });
  } catch (error) {
    throw new TellurionError(
      "INVALID_OPTION",
      `--write=${quoted(file)} is not valid (${messageOf(error)}); ` +
        "valid are files that are not there yet, in folders that are",
    );
  }
  print(`${file} has the configuration`);
}
