import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { actors } from "../../../src/actors/index.ts";
import { EventTypeSchema } from "../../../src/gen/tellurion/v1/event_type_pb.ts";
import { catalogueOf } from "../../../src/runtime/host.ts";
import { Services, serviceNames } from "../../../src/server/split/services.ts";

const text = readFileSync(new URL("../../../docs/split.md", import.meta.url), "utf8");
const catalogue = catalogueOf(actors);

/** The service of each kind of actor. */
const serviceOf = new Map(
  serviceNames.flatMap((name) =>
    new Services([name])
      .catalogue(catalogue)
      .methods.map(({ actor }) => [actor, actor === "bridge" ? "bridge" : name] as const),
  ),
);

test("docs/split.md lists each event that another service hears, and whether it gets there", () => {
  const rows = catalogue.events.flatMap(({ desc, number, mirrored }) => {
    const from = desc.file.name.slice(desc.file.name.lastIndexOf("/") + 1);
    const heard = actors
      .filter(({ handlers }) => handlers.some((h) => h.does === "handle" && h.type === desc))
      .map(({ kind }) => serviceOf.get(kind));
    const others = [...new Set(heard)].filter((name) => name !== from);
    if (others.length === 0) return [];
    const name = EventTypeSchema.values
      .find((value) => value.number === number)
      ?.name.replace("EVENT_TYPE_", "");
    return [`| \`${name}\` | ${from} | ${others.join(", ")} | ${mirrored ? "yes" : "no"} |`];
  });
  expect(text.match(/^\| `[A-Z_]+` \| .+ \|$/gm)).toEqual(rows);
});

test("docs/split.md names every service", () => {
  for (const name of serviceNames) expect(text).toContain(`\`${name}\``);
});
