import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Frame, ServerMessageSchema } from "../../../src/gen/tellurion/v1/client_pb.ts";
import { Delivery } from "../../../src/gen/tellurion/v1/options_pb.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import type { EventEntry } from "../../../src/runtime/host.ts";
import { FrameEncoder, type WireEvent } from "../../../src/server/gateway/frame-encoder.ts";
import { eventBytes, Lanes } from "../../../src/server/gateway/lanes.ts";
import { binarySubprotocol } from "../../../src/server/gateway/subprotocol.ts";
import { FakeWorld } from "../../support/fake-world.ts";

const weather = new FakeWorld().catalogue.messageOf(WeatherEventSchema).event as EventEntry;

/** An event of a region with a text, as an encoder has it. */
function eventOf(delivery: Delivery, region: string, newState: string): WireEvent {
  const bytes = toBinary(WeatherEventSchema, create(WeatherEventSchema, { region, newState }));
  const encoder = new FrameEncoder();
  const entry = { ...weather, delivery };
  const place = { bytes, start: 0, end: bytes.length };
  const event = { entry, topic: `weather/${region}`, actor: 1, sequence: 1, ...place };
  encoder.read({ frame: 1, lost: 0, events: [event] });
  return encoder.events[0] as WireEvent;
}

function frameOf(message: Uint8Array): Frame {
  const { body } = fromBinary(ServerMessageSchema, message);
  if (body.case !== "frame") throw new Error(`a ${body.case}`);
  return body.value;
}

type Step =
  | { readonly does: "control" | "reliable"; readonly bytes: number }
  | { readonly does: "latest" | "cosmetic"; readonly region: string; readonly text: string }
  | { readonly does: "next" }
  /** So many of the last frames did not last. */
  | { readonly does: "rewind"; readonly frames: number };

const text = fc.integer({ min: 0, max: 120 }).map((length) => "x".repeat(length));
const region = fc.constantFrom("a", "b", "c", "d");
const step = fc.oneof(
  fc.record({
    does: fc.constantFrom("control", "reliable"),
    bytes: fc.integer({ min: 1, max: 150 }),
  }),
  fc.record({ does: fc.constantFrom("latest", "cosmetic"), region, text }),
  fc.constant({ does: "next" as const }),
  fc.record({ does: fc.constant("rewind"), frames: fc.nat(5) }),
) as fc.Arbitrary<Step>;

const budgets = { control: 300, reliable: 400, latest: 500, cosmetic: 350 };
const all = Object.values(budgets).reduce((sum, bytes) => sum + bytes, 0);

interface Message {
  readonly bytes: number;
  readonly frame: number;
}

interface Event extends Message {
  readonly region: string;
  readonly order: number;
}

/** What the lanes should be, said in the simplest way. */
class Model {
  readonly queues = { control: [] as Message[], reliable: [] as Message[] };
  latest: Event[] = [];
  cosmetic: Event[] = [];
  /** The frame in which something was offered last. */
  frame = 0;
  order = 0;

  offerMessage(lane: "control" | "reliable", bytes: number): boolean {
    const queue = this.queues[lane];
    if (queue.length > 0 && sum(queue) + bytes > budgets[lane]) return false;
    queue.push({ bytes, frame: this.frame });
    return true;
  }

  rewindTo(frame: number): void {
    const lasted = (waiting: Message) => waiting.frame <= frame;
    this.queues.reliable = this.queues.reliable.filter(lasted);
    this.latest = this.latest.filter(lasted);
    this.cosmetic = this.cosmetic.filter(lasted);
    this.frame = frame;
  }

  offerLatest(region: string, bytes: number): boolean {
    this.order += 1;
    const others = this.latest.filter((event) => event.region !== region);
    if (sum(others) + bytes > budgets.latest && others.length > 0) return false;
    this.latest = [...others, { region, bytes, order: this.order, frame: this.frame }];
    return true;
  }

  offerCosmetic(region: string, bytes: number): void {
    this.order += 1;
    this.cosmetic.push({ region, bytes, order: this.order, frame: this.frame });
    while (sum(this.cosmetic) > budgets.cosmetic) this.cosmetic.shift();
  }

  /** The size of the message that goes next, or the regions of the events in it. */
  next(): number | string[] | undefined {
    const message = this.queues.control.shift() ?? this.queues.reliable.shift();
    if (message !== undefined) return message.bytes;
    const events = [...this.latest, ...this.cosmetic].sort((a, b) => a.order - b.order);
    this.latest = [];
    this.cosmetic = [];
    return events.length === 0 ? undefined : events.map((event) => event.region);
  }

  get bytes(): number {
    const { control, reliable } = this.queues;
    return sum([...control, ...reliable, ...this.latest, ...this.cosmetic]);
  }
}

function sum(waiting: readonly { readonly bytes: number }[]): number {
  return waiting.reduce((all, { bytes }) => all + bytes, 0);
}

function take(lanes: Lanes): number | string[] | undefined {
  const message = lanes.next();
  if (!message || message[0] === 0xee) return message?.length;
  return frameOf(message).events.map(({ body }) => (body.value as { region: string }).region);
}

test("the lanes do what a simple model of them does, and never hold more than they may", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const lanes = new Lanes(binarySubprotocol, budgets);
      const model = new Model();
      for (const made of steps) {
        model.frame += 1;
        if (made.does === "next") {
          expect(take(lanes)).toEqual(model.next());
        } else if (made.does === "rewind") {
          model.rewindTo(Math.max(0, model.frame - made.frames));
          lanes.rewindTo(model.frame);
        } else if ("bytes" in made) {
          const message = new Uint8Array(made.bytes).fill(0xee);
          const isControl = made.does === "control";
          const fits = isControl
            ? lanes.offerControl(message)
            : lanes.offerReliable(model.frame, message);
          expect(fits).toBe(model.offerMessage(made.does, made.bytes));
        } else {
          const isLatest = made.does === "latest";
          const delivery = isLatest ? Delivery.LATEST_WINS : Delivery.COSMETIC;
          const event = eventOf(delivery, made.region, made.text);
          const bytes = event.end - event.start + eventBytes;
          const fits = lanes.offerEvent(model.frame, event);
          if (isLatest) expect(fits).toBe(model.offerLatest(made.region, bytes));
          else model.offerCosmetic(made.region, bytes);
        }
        expect(lanes.bytes).toBe(model.bytes);
        expect(lanes.bytes).toBeLessThanOrEqual(all);
      }
    }),
    { numRuns: 500 },
  );
});

test("a message that is larger than its lane may wait there alone", () => {
  const lanes = new Lanes(binarySubprotocol, budgets);
  expect(lanes.offerReliable(1, new Uint8Array(10_000))).toBe(true);
  expect(lanes.offerReliable(1, new Uint8Array(1))).toBe(false);
  expect(lanes.offerEvent(1, eventOf(Delivery.LATEST_WINS, "a", "x".repeat(2_000)))).toBe(true);
  expect(lanes.offerEvent(1, eventOf(Delivery.LATEST_WINS, "b", ""))).toBe(false);
});

test("what was held back comes under the number of the last frame, and is not what must arrive", () => {
  const lanes = new Lanes(binarySubprotocol, budgets);
  lanes.offerEvent(3, eventOf(Delivery.LATEST_WINS, "a", "first"));
  lanes.offerEvent(4, eventOf(Delivery.COSMETIC, "b", ""));
  lanes.offerEvent(5, eventOf(Delivery.LATEST_WINS, "a", "second"));
  const frame = frameOf(lanes.next() as Uint8Array);
  expect(frame).toMatchObject({ frame: 5n, reliable: 0n });
  expect(frame.events.map(({ body }) => body.value)).toMatchObject([
    { region: "b" },
    { region: "a", newState: "second" },
  ]);
  expect(lanes).toMatchObject({ coalesced: 1, dropped: 0, bytes: 0 });
});

test("dropping the events leaves the answers", () => {
  const lanes = new Lanes(binarySubprotocol, budgets);
  lanes.offerControl(new Uint8Array(7));
  lanes.offerReliable(1, new Uint8Array(8));
  lanes.offerEvent(1, eventOf(Delivery.COSMETIC, "b", ""));
  lanes.dropEvents();
  expect(lanes.bytes).toBe(7);
  expect(lanes.next()).toHaveLength(7);
  expect(lanes.next()).toBeUndefined();
});
