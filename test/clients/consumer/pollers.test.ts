import type { Message } from "@aws-sdk/client-sqs";
import { expect, onTestFinished, test } from "vitest";
import { Pollers } from "../../../clients/consumer/src/pollers.ts";
import type { Queue } from "../../../clients/consumer/src/queue.ts";
import { within } from "../../support/within.ts";

type Poll = PromiseWithResolvers<readonly Message[]>;

/** Polls that end when the test says so. `polls` has all that were begun. */
function pollers(isFull: () => boolean = () => false, count = 1) {
  const polls: Poll[] = [];
  const begun: (() => void)[] = [];
  const receive = () => {
    const poll = Promise.withResolvers<readonly Message[]>();
    polls.push(poll);
    for (const tell of begun.splice(0)) tell();
    return poll.promise;
  };
  const problems: string[] = [];
  const received: (string | undefined)[] = [];
  const all = new Pollers({
    queue: { receive } as unknown as Queue,
    ...{ count, isFull, watchdogMs: 60_000 },
    onMessages: (messages) => received.push(...messages.map(({ MessageId }) => MessageId)),
    onProblem: ({ kind, text }) => problems.push(`${kind}: ${text}`),
  });
  onTestFinished(async () => {
    const stopped = all.stop();
    for (const poll of polls) poll.resolve([]);
    await stopped;
  });
  const until = async (number: number) => {
    while (polls.length < number) {
      const { promise, resolve } = Promise.withResolvers<void>();
      begun.push(resolve);
      await within(`poll ${number}`, promise);
    }
  };
  return { all, polls, problems, received, until };
}

test("a poll that never ends is replaced, and told of", async () => {
  const { all, polls, problems, until, received } = pollers();
  await until(1);
  const now = performance.now();
  all.watch(now + 59_000);
  expect(polls).toHaveLength(1);
  all.watch(now + 61_000);
  await until(2);
  expect(all.stalls).toBe(1);
  expect(problems).toEqual(["stalled: a poll has not ended for 60000 ms"]);
  polls[1]?.resolve([{ MessageId: "a" }]);
  await until(3);
  expect(received).toEqual(["a"]);
});

test("a poller that waits for room is not to be blamed, and polls again when there is some", async () => {
  let full = true;
  const { all, polls, until } = pollers(() => full);
  all.watch(performance.now() + 1_000_000);
  expect(all.stalls).toBe(0);
  expect(polls).toHaveLength(0);
  all.wake();
  full = false;
  all.wake();
  await until(1);
});

test("polls that fail are counted and told of, and the next ones tell whether the queue answers", async () => {
  const { all, polls, problems, until } = pollers();
  await until(1);
  polls[0]?.reject(new Error("nobody there"));
  await until(2);
  expect(all).toMatchObject({ answered: false, pollFailures: 1 });
  expect(problems).toEqual(["queue: poll 1 in a row failed: nobody there"]);
  polls[1]?.resolve([]);
  await until(3);
  expect(all.answered).toBe(true);
});

test("of polls that fail in a row the first, second and fourth are told, and begin anew after an answer", async () => {
  const { all, polls, problems, until } = pollers();
  for (const [i, fails] of [true, true, true, true, true, false, true].entries()) {
    await until(i + 1);
    if (fails) polls[i]?.reject(new Error("away"));
    else polls[i]?.resolve([]);
  }
  await until(8);
  expect(all.pollFailures).toBe(6);
  expect(problems).toEqual([1, 2, 4, 1].map((n) => `queue: poll ${n} in a row failed: away`));
});
