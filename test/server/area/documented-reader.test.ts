import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { defaultAreaLimits } from "../../../src/server/gateway/area/area-limits.ts";
import { type AreaClient, Areas } from "../../../src/server/gateway/area/areas.ts";
import { AreaPicture } from "./area-client.ts";
import { frameOf, movedEvent } from "./published.ts";

type Reader = (
  bytes: Uint8Array,
  origin: { x: number; y: number },
) => { number: number; x: number; y: number; heading: number }[];

const page = readFileSync(new URL("../../../docs/protocol-areas.md", import.meta.url), "utf8");

test("the reader in docs/protocol-areas.md reads what is sent, all over the world", () => {
  const [, source = ""] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
  const readMoved = new Function(`${source}; return readMoved;`)() as Reader;
  for (const [x, y] of [
    [0, 0],
    [-524_288, 524_287],
    [2_000_000_000, -2_000_000_000],
    [-777_777, 12_345_678],
  ] as const) {
    const areas = new Areas<AreaClient>(defaultAreaLimits, 20);
    const picture = new AreaPicture();
    areas.setArea({ subprotocol: { isBinary: true } }, { x: x / 100, y: y / 100, radius: 500 });
    const numbers = [0, 1, 2];
    const tell = (by: number) =>
      movedEvent({
        ...{ group: "npc:moor-0", numbers, headings: Uint8Array.of(by & 255, 128, 255) },
        x: [x - 40_000, x + by, x + 40_000],
        y: [y + by, y - 40_000 + by, y + by],
      });
    areas.take(frameOf(1, [tell(1)]));
    for (const { message } of areas.updates()) picture.take(message);
    areas.take(frameOf(2, [tell(9)]));
    const [update] = [...areas.updates()];
    const { moved, movedList } = picture.take(update?.message as Uint8Array);
    const byNumber = movedList.toSorted((a, b) => a.number - b.number);
    expect(byNumber.map((one) => [one.x, one.y])).toEqual([
      [x - 40_000, y + 9],
      [x + 9, y - 40_000 + 9],
      [x + 40_000, y + 9],
    ]);
    expect(readMoved(moved, picture.origin)).toEqual(
      movedList.map(({ heading, ...one }) => ({
        number: one.number,
        x: one.x / 100,
        y: one.y / 100,
        heading: (heading * 360) / 256,
      })),
    );
  }
});

test("the page names each limit with its default", () => {
  for (const [name, value] of Object.entries(defaultAreaLimits)) {
    expect(page).toContain(`| \`${name}\` | ${value.toLocaleString("en")} |`);
  }
});
