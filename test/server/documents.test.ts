import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { errorCatalogue } from "../../src/runtime/errors.ts";
import { closeCodes } from "../../src/server/gateway/close-codes.ts";
import { limitNames, limitTable } from "../../src/server/limits.ts";
import { serveFakeWorld } from "../support/served-world.ts";
import { within } from "../support/within.ts";

function rowsOf(document: string, row: RegExp): string[] {
  const text = readFileSync(new URL(`../../docs/${document}`, import.meta.url), "utf8");
  return [...text.matchAll(row)].map((match) => match.slice(1).join(" ")).sort();
}

test("docs/errors.md has a row for each code of the catalogue, and no others", () => {
  const catalogue = Object.entries(errorCatalogue).map(([code, { status }]) => `${code} ${status}`);
  expect(rowsOf("errors.md", /^\| `([A-Z_]+)` \| (\w+) \| \S.+ \| \S.+ \|$/gm)).toEqual(
    catalogue.sort(),
  );
});

test("docs/protocol.md has a row for each close code, and no others", () => {
  const codes = Object.entries(closeCodes).map(([reason, code]) => `${code} ${reason}`);
  expect(rowsOf("protocol.md", /^\| (\d{4}) \| `([A-Z_]+)` \| .+ \|$/gm)).toEqual(codes.sort());
});

test("docs/protocol.md has a row for each limit, with its default, and no others", () => {
  const limits = limitNames.map((name) => {
    const { default: byDefault, about } = limitTable[name];
    return `${name} ${byDefault} ${about}`;
  });
  expect(rowsOf("protocol.md", /^\| `(\w+)` \| (\d+) \| (.+) \|$/gm)).toEqual(limits.sort());
});

test("the client of docs/protocol.md sees events", async () => {
  const served = await serveFakeWorld();
  const text = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");
  const [, code = ""] = /```js\n([\s\S]+?)```/.exec(text) ?? [];
  const printed = Promise.withResolvers<unknown[]>();
  const print = (...line: unknown[]) => printed.resolve(line);
  class DocumentsSocket extends WebSocket {
    constructor(_url: string, subprotocol: string) {
      super(served.webSocketUrl, subprotocol);
      this.addEventListener("message", ({ data }) => {
        if (!String(data).startsWith('{"subscribed"')) return;
        served.world.publish(WeatherEventSchema, { region: "north-marsh" });
        served.world.endFrame();
      });
    }
  }
  new Function("WebSocket", "console", code)(DocumentsSocket, { log: print });
  expect(await within("an event", printed.promise)).toEqual([
    "1",
    { weatherChanged: { region: "north-marsh" } },
  ]);
  await served.close();
});
