import { describe, expect, test } from "vitest";
import { type Account, Book, type Command } from "../../scripts/soak/book.ts";
import { runKillCycles } from "../../scripts/soak/kill-cycles.ts";

test("a server that is killed under load has lost nothing it acknowledged, and doubled nothing", async () => {
  const lines: string[] = [];
  const result = await runKillCycles({ cycles: 6, seed: 3, print: (line) => lines.push(line) });
  expect(lines.filter((line) => line.startsWith("FAILED"))).toEqual([]);
  expect(result).toMatchObject({ passed: 8, failed: 0 });
  expect(result.acknowledged).toBeGreaterThan(50);
  expect(lines.at(-1)).toMatch(
    /^replayed frames 1 to \d+, .* [1-9]\d* snapshots, hash [0-9a-f]{16}$/,
  );
});

describe("the check of a ledger", () => {
  const one: Command = { id: "one", account: "a", amount: 5, key: "" };
  const two: Command = { id: "two", account: "a", amount: 7, key: "key-two" };
  const entries = [
    { id: "one", amount: 5n, frame: 10n },
    { id: "two", amount: 7n, frame: 12n },
  ];

  function problemsOf(account: Account): string[] {
    const book = new Book();
    for (const command of [one, two]) book.noteSent(command);
    book.noteAnswer(one, '{"id":"one","total":"5","frame":"10"}');
    return book.problemsOf(new Map([["a", account]]));
  }

  test("finds nothing wrong with what was sent, acknowledged or not", () => {
    expect(problemsOf({ entries, total: 12n })).toEqual([]);
    expect(problemsOf({ entries: entries.slice(0, 1), total: 5n })).toEqual([]);
  });

  test("finds that an acknowledged command is missing", () => {
    expect(problemsOf({ entries: [], total: 0n })).toEqual([
      expect.stringContaining("one of a is missing"),
    ]);
  });

  test("finds a command that is there twice, acknowledged or not", () => {
    const [first, second] = entries as [(typeof entries)[0], (typeof entries)[0]];
    expect(problemsOf({ entries: [first, second, second], total: 19n })).toEqual([
      "two of a is there twice",
    ]);
    expect(problemsOf({ entries: [first, first], total: 10n })).toContain(
      "one of a is there twice",
    );
  });

  test.each([
    ["another frame than was answered", { id: "one", amount: 5n, frame: 11n }, "was answered"],
    ["another amount", { id: "one", amount: 6n, frame: 10n }, "is not what was sent"],
    ["an id that nobody sent", { id: "three", amount: 5n, frame: 10n }, "is not what was sent"],
  ])("finds %s", (_what, entry, problem) => {
    const problems = problemsOf({ entries: [entry], total: entry.amount });
    expect(problems).toContainEqual(expect.stringContaining(problem));
  });

  test("finds a total that is not the sum, and entries out of their order", () => {
    expect(problemsOf({ entries, total: 13n })).toEqual(["a adds up to 12 and says 13"]);
    const turned = { entries: entries.toReversed(), total: 12n };
    expect(problemsOf(turned)).toContainEqual("one of a is of frame 10, after 12");
  });
});
