import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { actors } from "../../src/actors/index.ts";
import { readConfiguration } from "../../src/bridges/read-configuration.ts";
import { catalogueOf } from "../../src/runtime/host.ts";

const page = readFileSync(new URL("../../docs/bridge.md", import.meta.url), "utf8");

test("the configuration of docs/bridge.md is valid, and the page's defaults are those of the server", () => {
  const [, json = ""] = /```json\n([\s\S]+?)```/.exec(page) ?? [];
  const world = catalogueOf(actors);
  const { region, out, commands } = readConfiguration(JSON.parse(json), world);
  expect(region).toBe("eu-west-1");
  expect(out?.streams.map(({ name }) => name)).toEqual(["storms", "marsh", "rest"]);
  expect(commands?.methods).toEqual(["tellurion.v1.WeatherService/SetWeather"]);
  const rows = page.matchAll(/^\| `(\w+[.]\w+)` \| `?([\w.-]+)`? \|/gm);
  const told = Object.fromEntries([...rows].map(([, name, value]) => [name, value]));
  const least = { topicArn: out?.topicArn };
  const { queueUrl, methods } = commands ?? {};
  const defaults = readConfiguration({ out: least, commands: { queueUrl, methods } }, world);
  const toldElsewhere = ["topicArn", "streams", "queueUrl", "deadLetterQueueUrl", "methods"];
  for (const part of ["out", "commands"] as const) {
    for (const [name, value] of Object.entries(defaults[part] ?? {})) {
      if (toldElsewhere.includes(name)) continue;
      expect(told).toMatchObject({ [`${part}.${name}`]: `${value}` });
    }
  }
});

test("the command of docs/bridge.md is a RemoteCommand that the world understands", () => {
  const [, body = ""] = /--message-body '([^']+)'/.exec(page) ?? [];
  const { method, json } = JSON.parse(body) as { method: string; json: string };
  const entry = catalogueOf(actors).methodByName(method);
  const fields = entry?.desc.input.fields.map(({ jsonName }) => jsonName);
  expect(fields).toEqual(expect.arrayContaining(Object.keys(JSON.parse(json) as object)));
});
