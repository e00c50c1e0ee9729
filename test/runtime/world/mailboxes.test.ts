import fc from "fast-check";
import { expect, test } from "vitest";
import { keepWithin } from "../../../src/runtime/world/mailboxes.ts";

const policies: Record<string, string> = {
  r: "reject",
  s: "reject",
  l: "latest",
  m: "latest",
  o: "oldest",
  p: "oldest",
};

/** One letter per message, the type, which decides the policy. Returns what stays. */
function kept(mailbox: string, max: number): string {
  const types = [...mailbox];
  const entries = types.map((type) => ({
    type: type.charCodeAt(0),
    policy: policies[type] as string,
  }));
  const stays = keepWithin(entries, max);
  expect(stays).toHaveLength(entries.length);
  return types.map((type, i) => (stays[i] ? type : ".")).join("");
}

test.each([
  { mailbox: "rrrr", max: 4, stays: "rrrr", why: "what fits stays" },
  { mailbox: "rrrrr", max: 3, stays: "rrr..", why: "reject drops the newest" },
  { mailbox: "lllll", max: 3, stays: "..lll", why: "latest gives way from the oldest on" },
  { mailbox: "lllll", max: 1, stays: "....l", why: "latest keeps the newest" },
  { mailbox: "lmlml", max: 2, stays: "...ml", why: "latest keeps the newest of each type" },
  { mailbox: "lmr", max: 2, stays: "lm.", why: "the newest of a latest type outlives a reject" },
  { mailbox: "ooooo", max: 2, stays: "...oo", why: "oldest drops the oldest" },
  { mailbox: "oor", max: 1, stays: "..r", why: "oldest gives way to reject" },
  { mailbox: "lolor", max: 3, stays: "..lor", why: "latest gives way before oldest" },
  { mailbox: "lloorr", max: 5, stays: ".loorr", why: "no more than needed gives way" },
  { mailbox: "lr", max: 1, stays: "l.", why: "what nobody may drop is dropped from the newest on" },
  {
    mailbox: "lmlm",
    max: 1,
    stays: "..l.",
    why: "even of latest types, when nothing else is left",
  },
])("$why: $mailbox within $max is $stays", ({ mailbox, max, stays }) => {
  expect(kept(mailbox, max)).toBe(stays);
});

const mailboxes = fc.string({ unit: fc.constantFrom(...Object.keys(policies)), maxLength: 40 });

test("exactly as many stay as fit", () => {
  fc.assert(
    fc.property(mailboxes, fc.nat(45), (mailbox, max) => {
      const stays = kept(mailbox, max).replaceAll(".", "");
      expect(stays).toHaveLength(Math.min(mailbox.length, max));
    }),
  );
});

test("more room never makes a message give way that stayed with less", () => {
  fc.assert(
    fc.property(mailboxes, fc.nat(40), (mailbox, max) => {
      const less = kept(mailbox, max);
      const more = kept(mailbox, max + 1);
      for (let i = 0; i < less.length; i += 1) {
        if (less[i] !== ".") expect(more[i]).toBe(less[i]);
      }
    }),
  );
});

test("reject types lose nothing while a message of another policy could give way", () => {
  fc.assert(
    fc.property(mailboxes, fc.nat(40), (mailbox, max) => {
      const stays = kept(mailbox, max);
      const rejected = [...mailbox].some((type, i) => "rs".includes(type) && stays[i] === ".");
      if (!rejected) return;
      expect(stays).not.toMatch(/[op]/);
      for (const type of "lm") {
        expect(stays.split(type).length - 1).toBeLessThanOrEqual(1);
      }
    }),
  );
});
