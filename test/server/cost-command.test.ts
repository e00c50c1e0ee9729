import { expect, test } from "vitest";
import { runCommandLine } from "../../src/server/commands/index.ts";

async function cost(words = ""): Promise<string[]> {
  const printed: string[] = [];
  await runCommandLine(["cost", ...words.split(" ").filter(Boolean)], {
    print: (text) => printed.push(text),
    interrupted: new AbortController().signal,
  });
  return printed;
}

test("cost shows the arithmetic, and each line of it is right", async () => {
  const printed = await cost("--services 3 --pollers 2 --bytes 30000 --hours-per-day 8");
  const number = (text = "") => Number(text.replaceAll(",", ""));
  const form = /([\d,]+) × ([\d.]+) = +([\d,]+) requests × \$([\d.]+)\/M = \$([\d,.]+)/;
  const rows = printed.flatMap((line) => form.exec(line) ?? []).length;
  expect(rows).toBeGreaterThan(0);
  for (const line of printed) {
    const [, calls, each, requests, price, dollars] = form.exec(line) ?? [];
    if (calls === undefined) continue;
    expect((number(calls) * number(each)) / number(requests)).toBeCloseTo(1, 2);
    expect((number(requests) * number(price)) / 1_000_000).toBeCloseTo(number(dollars), 2);
  }
});

test("cost says which prices it knows, and what it does not know", async () => {
  const text = (await cost()).join("\n");
  expect(text).toMatch(/us-east-1, \d{4}-\d\d-\d\d: SNS \$0.5, SQS \$0.4/);
  expect(text).toMatch(/packs, in a trickle, linger 5000 ms +\$0.95 +\$0.28/);
  expect(text).toMatch(/Not known: whether SQS charges for what SNS delivers/);
  expect(text).toMatch(/Not in it: commands/);
});

test("cost prints one JSON object", async () => {
  const [text = "", ...others] = await cost("--json --linger 10000");
  expect(others).toEqual([]);
  const { month, ways, prices } = JSON.parse(text);
  expect(month).toMatchObject({ events: 10_000_000, eventBytes: 104, lingerMs: 10_000 });
  expect(prices.date).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(ways[4].bill.dollars).toBeCloseTo(0.5, 2);
});

test("cost refuses a month that there is not", async () => {
  await expect(cost("--hours-per-day 25")).rejects.toMatchObject({ code: "INVALID_OPTION" });
});
