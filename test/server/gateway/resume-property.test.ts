import { rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { Gateway } from "../../../src/server/gateway/gateway.ts";
import { SessionStore } from "../../../src/server/gateway/session-store.ts";
import { defaultLimits } from "../../../src/server/limits.ts";
import { createLog } from "../../../src/server/log.ts";
import { FakeWorld } from "../../support/fake-world.ts";
import { GatewayClient } from "../../support/gateway-client.ts";
import { temporaryFolder } from "../../support/kept-world.ts";

type Step =
  | { readonly does: "pass"; readonly region: string }
  | { readonly does: "keep" | "cut" | "ack" | "restart" | "subscribe" }
  /** Its line takes one message, or as much as waits, and is as full as before afterwards. */
  | { readonly does: "drain"; readonly messages: number }
  /** It comes back on a line that takes one message at a time. */
  | { readonly does: "crawl" }
  /** The connection is lost with what was sent last, as many messages. */
  | { readonly does: "lose"; readonly messages: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ does: fc.constant("pass" as const), region: fc.constantFrom("a", "b") }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("keep" as const) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom("cut" as const, "ack" as const) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("lose" as const), messages: fc.nat(4) }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constantFrom("restart" as const, "crawl" as const) }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("subscribe" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant("drain" as const), messages: fc.nat(8) }),
  },
);

/** A few frames: a client that was away for long has missed more. */
const laneBytes = 200;
/** What a message adds to what waits on a line that takes one at a time. */
const crawling = 200_000;

/** A server and a client of region a, which is cut off again and again, and remembers what reached it. */
class Run {
  readonly #path: string;
  #world = new FakeWorld();
  #gateway: Gateway;
  #client: GatewayClient;
  /** What reached the client, by the number of the frame. */
  readonly heard: string[] = [];
  /** It was told that events went, for it took them too slowly as they happened. */
  isResynced = false;
  #received = 0;
  /** Messages of the present connection that the client has looked at. */
  #seen = 0;
  /** The frame in which it subscribed to region a. */
  #since: number | undefined;
  /** What happened in region a. */
  #happened: { readonly frame: number; readonly text: string }[] = [];
  #count = 0;

  constructor(path: string) {
    this.#path = path;
    this.#world.keptThrough = 0;
    this.#gateway = this.#open(undefined);
    this.#client = new GatewayClient(this.#gateway).subscribe("time");
  }

  get expected(): string[] {
    const since = this.#since ?? Number.POSITIVE_INFINITY;
    const { keptThrough } = this.#world;
    const kept = this.#happened.filter(({ frame }) => frame > since && frame <= keptThrough);
    return kept.map(({ text }) => text);
  }

  do(made: Step): void {
    if (made.does === "pass") this.#pass(made.region);
    else if (made.does === "keep") this.#world.keep(this.#world.frame);
    else if (made.does === "ack") this.#client.ack(this.#received);
    else if (made.does === "restart") this.#restart();
    else if (made.does === "subscribe") this.#subscribe();
    else if (made.does === "drain") for (let i = 0; i < made.messages; i += 1) this.#client.drain();
    else if (made.does === "crawl") this.#comeBack(0, crawling);
    else this.#comeBack(made.does === "lose" ? made.messages : 0);
  }

  /** The client looks at what has come. */
  read(unread = 0): void {
    const { messages } = this.#client.line;
    for (; this.#seen < messages.length - unread; this.#seen += 1) {
      const body = messages[this.#seen];
      if (body?.case === "resync") this.isResynced = true;
      if (body?.case !== "frame" || body.value.reliable === 0n) continue;
      expect(Number(body.value.reliable)).toBeGreaterThan(this.#received);
      this.#received = Number(body.value.reliable);
      for (const event of body.value.events) {
        if (event.body.case === "weatherChanged") this.heard.push(event.body.value.newState);
      }
    }
  }

  end(): void {
    this.#world.keep(this.#world.frame);
    this.#comeBack(0);
    this.read();
    this.#gateway.close();
  }

  #pass(region: string): void {
    this.#count += 1;
    const text = `${this.#count}`;
    this.#world.publish(WeatherEventSchema, { region, newState: text });
    this.#world.publish(TimeEventSchema, {});
    this.#world.endFrame();
    if (region === "a") this.#happened.push({ frame: this.#world.frame, text });
  }

  #subscribe(): void {
    this.#client.subscribe("weather/a");
    this.#since ??= this.#world.frame;
  }

  #comeBack(unread: number, size = 0): void {
    // The welcome of this connection has reached the client: otherwise it has no token to come back with.
    this.read(Math.min(unread, this.#client.line.messages.length - 1));
    this.#client.lose();
    const resume = this.#client.resume(this.#received);
    this.#client = new GatewayClient(this.#gateway, { resume }, size);
    this.#seen = 0;
    expect(this.#client.welcome.resumed).toBe(true);
  }

  /** What was not on the disk did not happen. */
  #restart(): void {
    this.read();
    this.#gateway.close();
    const reached = this.#world.keptThrough;
    this.#happened = this.#happened.filter(({ frame }) => frame <= reached);
    // The frames in which it subscribed come again, with other events.
    if (this.#since !== undefined) this.#since = Math.min(this.#since, reached);
    this.#world = new FakeWorld();
    this.#world.frame = reached;
    this.#world.keptThrough = reached;
    this.#gateway = this.#open(reached);
    const resume = this.#client.resume(this.#received);
    this.#client = new GatewayClient(this.#gateway, { resume });
    this.#seen = 0;
    expect(this.#client.line.sent).not.toContain("resync RESUME_EXPIRED");
  }

  #open(reached: number | undefined): Gateway {
    const stored = reached === undefined ? undefined : { worldId: this.#world.id, reached };
    const store = SessionStore.open(this.#path, stored, 1_000_000);
    const limits = { ...defaultLimits, commitWaitMsMax: 60_000, reliableLaneBytesMax: laneBytes };
    return new Gateway(
      this.#world,
      limits,
      createLog(() => {}),
      { store },
    );
  }
}

test("whatever happens to its connections and to the server, a client hears each event once, in order", () => {
  let whole = 0;
  const path = join(temporaryFolder(), "sessions");
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
      const run = new Run(path);
      for (const made of steps) run.do(made);
      run.end();
      const { heard, expected } = run;
      // Who was told that events went misses those, and has none twice or out of its order.
      expect(heard).toEqual(run.isResynced ? expected.filter((e) => heard.includes(e)) : expected);
      if (!run.isResynced) whole += 1;
    }),
    { numRuns: 250 },
  );
  expect(whole).toBeGreaterThan(150);
});
