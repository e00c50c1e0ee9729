import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ApiAction,
  type ApiCall,
  countRequests,
} from "../../../src/bridges/cost/count-requests.ts";

const requestBytes = 65_536;

describe("counted calls", () => {
  test.each([
    [0, 1],
    [1, 1],
    [requestBytes, 1],
    [requestBytes + 1, 2],
    [262_144, 4],
  ])("of %i bytes are %i requests", (bytes, requests) => {
    const bill = countRequests([{ action: "Publish", bytes }], 0);
    expect(bill).toMatchObject({ snsRequests: requests, sqsRequests: 0 });
  });

  test("are charged at the prices of their service, deliveries included", () => {
    const { lines, dollars } = countRequests(
      [
        { action: "Publish", bytes: 100, times: 1_000_000 },
        { action: "ReceiveMessage", bytes: 100, times: 500_000 },
      ],
      2,
    );
    expect(lines.map(({ service, what, requests }) => [service, what, requests])).toEqual([
      ["SNS", "Publish", 1_000_000],
      ["SQS", "delivery from SNS", 2_000_000],
      ["SQS", "ReceiveMessage", 500_000],
    ]);
    expect(dollars).toBeCloseTo(0.5 + 0.8 + 0.2, 10);
  });

  test("of a batch are one request, and are delivered one by one", () => {
    const { snsRequests, sqsRequests } = countRequests(
      [{ action: "PublishBatch", bytes: 1_000, messages: 10 }],
      1,
    );
    expect([snsRequests, sqsRequests]).toEqual([1, 10]);
  });

  test("are free up to a million of each service", () => {
    const million = { bytes: 0, times: 1_000_000 };
    const free = [
      { action: "Publish", ...million },
      { action: "DeleteMessage", ...million },
    ] as const;
    expect(countRequests(free, 0).dollarsAfterFree).toBe(0);
    const more = [...free, { action: "DeleteMessage", bytes: 0, times: 10 } as const];
    expect(countRequests(more, 0).dollarsAfterFree).toBeCloseTo(4e-6, 12);
  });

  test("come to the same sum, in whichever order and pieces they are counted", () => {
    const actions: ApiAction[] = ["Publish", "PublishBatch", "ReceiveMessage", "DeleteMessage"];
    const call: fc.Arbitrary<ApiCall> = fc.record({
      action: fc.constantFrom(...actions),
      bytes: fc.integer({ min: 0, max: 262_144 }),
      messages: fc.integer({ min: 1, max: 10 }),
      times: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 20 }), fc.integer({ min: 0, max: 4 }), (calls, n) => {
        const whole = countRequests(calls, n);
        const singly = calls.flatMap((each) =>
          Array.from({ length: each.times ?? 1 }, () => ({ ...each, times: 1 })),
        );
        const pieces = countRequests(singly.reverse(), n);
        expect(pieces.snsRequests).toBe(whole.snsRequests);
        expect(pieces.sqsRequests).toBe(whole.sqsRequests);
        expect(pieces.dollars).toBeCloseTo(whole.dollars, 12);
      }),
    );
  });
});
