import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { SubscribeSchema } from "../../../src/gen/tellurion/v1/client_pb.ts";
import { developer } from "../../../src/server/access/identity.ts";
import { withSubscriptions } from "../../../src/server/gateway/subscriptions.ts";
import { Topics } from "../../../src/server/gateway/topics.ts";
import { defaultLimits } from "../../../src/server/limits.ts";
import { FakeWorld } from "../../support/fake-world.ts";

const limits = { ...defaultLimits, subscriptionsMax: 3 };
const subscriber = { identity: developer, since: 0 };
const nothing = { topics: new Map(), rates: new Map() };

class CountedTopics extends Topics {
  checked = 0;

  override check(topic: string): void {
    this.checked += 1;
    super.check(topic);
  }
}

test("a message with too many topics or rates is refused before any is looked at", () => {
  const known = new CountedTopics(new FakeWorld().catalogue.events);
  const many = Array.from({ length: 4 }, (_, i) => `weather/r${i}`);
  for (const wish of [
    { topics: many },
    { rates: many.map((topic) => ({ topic, intervalMs: 100 })) },
  ]) {
    expect(() =>
      withSubscriptions(nothing, create(SubscribeSchema, wish), known, limits, subscriber),
    ).toThrow(/topics=4 are too many; a client may have 3/);
  }
  expect(known.checked).toBe(0);
  const three = create(SubscribeSchema, { topics: many.slice(1) });
  expect(withSubscriptions(nothing, three, known, limits, subscriber).topics.size).toBe(3);
});
