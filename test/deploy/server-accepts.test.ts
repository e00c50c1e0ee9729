import { describe, expect, test } from "vitest";
import { namesOf } from "../../deploy/aws/names.ts";
import { parts } from "../../deploy/aws/services.ts";
import { actors } from "../../src/actors/index.ts";
import { readConfiguration } from "../../src/bridges/read-configuration.ts";
import { resourceNames } from "../../src/bridges/resources.ts";
import { catalogueOf } from "../../src/runtime/host.ts";
import { readOptions } from "../../src/server/commands/options.ts";
import { startCommand } from "../../src/server/commands/start.ts";
import { type Properties, readTemplate } from "./template.ts";

const region = "eu-west-1";
const catalogue = catalogueOf(actors);
const containers = ["all-in-one", "split"].flatMap((template) =>
  readTemplate(template)
    .ofType("AWS::ECS::TaskDefinition")
    .map(({ properties }) => ({
      task: String(properties.Family),
      configure: properties.ContainerDefinitions[0] as Properties,
      world: properties.ContainerDefinitions[1] as Properties,
    })),
);

/** With the names that CloudFormation gives in an account. */
function deployed(json: string): unknown {
  return JSON.parse(json, (_name, value) => {
    if (value === "here") return region;
    if (typeof value !== "string") return value;
    const [kind, name] = value.split(":");
    if (kind === "topic") return `arn:aws:sns:${region}:123456789012:${name}`;
    if (kind === "url") return `https://sqs.${region}.amazonaws.com/123456789012/${name}`;
    return value;
  });
}

test("there is a task for the whole world, and one for each part", () => {
  // One of the parts is named world as well.
  const names = ["world", ...parts].map((name) => `tellurion-sample-${name}`);
  expect(containers.map(({ task }) => task)).toEqual(names);
});

describe.each(containers)("the server of $task", ({ configure, world }) => {
  test("takes the command line that it is started with", () => {
    const values = readOptions(startCommand.options, world.Command);
    expect(values).toMatchObject({
      ...{ world: "sample", data: "/data", port: 8_080 },
      bridge: "/configuration/bridge.json",
    });
  });

  test("takes the bridge's configuration that it is given", () => {
    const { Value: json } = configure.Environment.find(({ Name }: Properties) => Name === "BRIDGE");
    const { out, ...configuration } = readConfiguration(deployed(json), catalogue);
    expect(configuration).toMatchObject({ region, endpoint: undefined });
    // More streams would send more packs, and cost more.
    if (out) expect(out.streams).toHaveLength(1);
    expect(out ?? configuration.commands ?? configuration.events).toBeDefined();
  });
});

test("a server elsewhere takes the configuration that the template for messages hands out", () => {
  const { text } = readTemplate("messages");
  const { Value: value } = JSON.parse(text).Outputs.BridgeConfiguration;
  const names = namesOf("tellurion-sample", false);
  const json = value["Fn::Join"][1]
    .map((piece: string | { Ref: string }) => {
      if (typeof piece === "string") return piece;
      if (piece.Ref === "AWS::Region") return "here";
      if (/Dead/.test(piece.Ref)) return `url:${names.commands(undefined).dead}`;
      return /Queue/.test(piece.Ref)
        ? `url:${names.commands(undefined).queue}`
        : `topic:${names.topic}`;
    })
    .join("");
  const { out, commands } = readConfiguration(deployed(json), catalogue);
  expect(out?.topicArn).toBe(`arn:aws:sns:${region}:123456789012:tellurion-sample-events`);
  expect(commands?.queueUrl).toMatch(/\/tellurion-sample-commands$/);
  expect(commands?.deadLetterQueueUrl).toMatch(/\/tellurion-sample-commands-dead$/);
});

// Who may come from elsewhere has to have a token. Skipped while the server knows no tokens.
test.skipIf(!("jwt-secret-file" in startCommand.options))(
  "a server that is open to others takes its command line",
  () => {
    const open = ["--host", "0.0.0.0", "--jwt-secret-file", "/configuration/jwt-secret"];
    for (const { world } of containers) {
      expect(() => readOptions(startCommand.options, [...world.Command, ...open])).not.toThrow();
    }
  },
);

test.each([true, false])("setup makes what the templates name, with FIFO order %s", (fifo) => {
  const prefix = "tellurion-moor";
  const names = namesOf(prefix, fifo);
  const services = ["chronicle", "atlas"];
  const { queue: commands, dead: commandsDead } = names.commands(undefined);
  expect(resourceNames({ prefix, services, fifo })).toEqual({
    ...{ topic: names.topic, commands, commandsDead },
    services: services.map((service) => names.events(service)),
  });
});
