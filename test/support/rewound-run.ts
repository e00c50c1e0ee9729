import { expect, vi } from "vitest";
import type { ServerMessage, Welcome } from "../../src/gen/tellurion/v1/client_pb.ts";
import { TimeEventSchema } from "../../src/gen/tellurion/v1/clock_pb.ts";
import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { Gateway } from "../../src/server/gateway/gateway.ts";
import { SessionStore } from "../../src/server/gateway/session-store.ts";
import { defaultLimits } from "../../src/server/limits.ts";
import { createLog } from "../../src/server/log.ts";
import { FakeWorld } from "./fake-world.ts";
import { GatewayClient } from "./gateway-client.ts";

export type Step =
  | { readonly does: "pass"; readonly region: string }
  /** The disk takes nothing more until it does: what happens meanwhile is not shown. */
  | { readonly does: "hold" | "keep" }
  /** The world goes back by so many frames. */
  | { readonly does: "rewind"; readonly frames: number }
  /** As many of the last frames did not last, and as many are run before there is a gateway again. */
  | { readonly does: "restart"; readonly frames: number; readonly before: number; isCrash: boolean }
  | { readonly does: "subscribe" | "ack" | "upkeep" }
  /** The client looks at so many of the messages that have come, the server at what the client has said. */
  | { readonly does: "read" | "hear"; readonly messages: number }
  /** The client's line takes as many messages, and is as full as before afterwards. */
  | { readonly does: "drain"; readonly messages: number }
  /** What is on its way is lost. The server notices, or does not. */
  | { readonly does: "cut"; readonly isNoticed: boolean }
  | { readonly does: "back"; readonly isSlow: boolean };

/** A few frames: a client that was away for long has missed more. */
const laneBytes = 120;
/** What a message adds to what waits on a line that takes one at a time. */
const crawling = 200_000;
const upkeepMs = 500;
const weatherEvent = 1;

interface Happening {
  readonly frame: number;
  readonly text: string;
  readonly region: string;
}

/** What a client remembers that keeps to docs/protocol.md, whatever becomes of its connections. */
class Memory {
  welcome: Welcome | undefined;
  position = { received: 0n, rewinds: 0 };
  heard: Happening[] = [];
  /** It was told that events went: those are missing. */
  isResynced = false;

  take(body: ServerMessage["body"]): void {
    if (body.case === "welcome") this.#join(body.value);
    else if (body.case === "resync") this.isResynced ||= body.value.reason === "CLIENT_TOO_SLOW";
    else if (body.case === "frame" && body.value.reliable > 0n) {
      const { reliable, events } = body.value;
      expect(reliable).toBeGreaterThan(this.position.received);
      this.position.received = reliable;
      for (const event of events) {
        if (event.body.case !== "weatherChanged") continue;
        const { newState, region } = event.body.value;
        this.heard.push({ frame: Number(reliable), text: newState, region });
      }
    } else if (body.case === "gap" && body.value.rewound) {
      const { fromFrame, rewinds } = body.value;
      const { received } = this.position;
      this.position = { received: received < fromFrame ? received : fromFrame - 1n, rewinds };
      this.heard = this.heard.filter(({ frame }) => frame < fromFrame);
    }
  }

  #join(welcome: Welcome): void {
    this.welcome = welcome;
    this.position.rewinds = welcome.rewinds;
    if (welcome.resumed) return;
    this.position.received = 0n;
    this.heard = [];
    this.isResynced = false;
  }
}

/** A server whose world goes back again and again, and a client of region a that is cut off again and again. */
export class RewoundRun {
  readonly memory = new Memory();
  /** How often the client has gone on with its session. */
  resumes = 0;
  readonly #path: string;
  #world = new FakeWorld();
  #store: SessionStore;
  #gateway: Gateway;
  #watcher: GatewayClient;
  #client: GatewayClient | undefined;
  /** Messages of the present connection that the client has looked at, and that have been looked into as they were sent. */
  #read = 0;
  #sent = 0;
  /** What the client has said and the server has not heard. */
  #said: { received: bigint; rewinds: number }[] = [];
  /** By session: the frame after which it is to have what happens in region a. */
  readonly #since = new Map<string, number>();
  #history: Happening[] = [];
  /** What did not last. */
  readonly #undone = new Set<string>();
  #count = 0;

  constructor(path: string) {
    this.#path = path;
    this.#store = this.#openStore(undefined);
    this.#gateway = this.#openGateway();
    this.#watcher = this.#watch();
    this.#comeBack(0);
    this.#look(1);
  }

  do(step: Step): void {
    const { memory } = this;
    const present = this.#client;
    if (step.does === "pass") this.#pass(step.region);
    else if (step.does === "hold") this.#world.keptThrough = this.#world.frame;
    else if (step.does === "keep") this.#keep();
    else if (step.does === "rewind") this.#rewind(step.frames);
    else if (step.does === "restart") this.#restart(step.frames, step.before, step.isCrash);
    else if (step.does === "subscribe") this.#subscribe();
    else if (step.does === "ack") this.#said.push({ ...memory.position });
    else if (step.does === "upkeep") this.#upkeep();
    else if (step.does === "read") this.#look(step.messages);
    else if (step.does === "hear") this.#hear(step.messages);
    else if (step.does === "drain") for (let i = 0; i < step.messages; i += 1) present?.drain();
    else if (step.does === "cut") this.#cut(step.isNoticed);
    else if (step.does === "back" && !present) this.#comeBack(step.isSlow ? crawling : 0);
    this.#lookInto();
  }

  /** The client has all that has been sent and will be, as it is, and once more after a cut. */
  end(): void {
    this.#keep();
    if (this.#client?.connection.isOpen) this.#catchUp(this.#client);
    this.#cut(true);
    this.#catchUp(this.#comeBack(0));
    this.#gateway.close();
  }

  #catchUp(client: GatewayClient): void {
    client.line.size = 0;
    client.drain();
    this.#lookInto();
    this.#look(Number.POSITIVE_INFINITY);
    const { heard, isResynced } = this.memory;
    const since = this.#since.get(this.memory.welcome?.session ?? "") ?? Number.POSITIVE_INFINITY;
    const happened = this.#history.filter(({ frame, region }) => region === "a" && frame > since);
    const known = new Set(heard.map(({ text }) => text));
    // Who was told that events went misses those, and has none twice, out of its order, or of what did not last.
    expect(heard).toEqual(isResynced ? happened.filter(({ text }) => known.has(text)) : happened);
  }

  #pass(region: string): void {
    this.#count += 1;
    const text = `${this.#count}`;
    this.#world.publish(WeatherEventSchema, { region, newState: text });
    this.#world.publish(TimeEventSchema, { settledGameMs: BigInt(this.#count) });
    this.#history.push({ frame: this.#world.frame + 1, text, region });
    this.#world.endFrame();
  }

  #keep(): void {
    this.#world.keep(this.#world.frame);
    this.#world.keptThrough = Number.POSITIVE_INFINITY;
  }

  #forgetAfter(frame: number): void {
    for (const [session, since] of this.#since) this.#since.set(session, Math.min(since, frame));
    for (const gone of this.#history.filter((event) => event.frame > frame)) {
      this.#undone.add(gone.text);
    }
    this.#history = this.#history.filter((event) => event.frame <= frame);
  }

  #rewind(frames: number): void {
    const to = this.#world.frame;
    const reached = Math.max(0, to - frames);
    if (reached === to) return;
    this.#forgetAfter(reached);
    this.#world.frame = reached;
    this.#world.keptThrough = Math.max(reached, this.#world.keptThrough);
    this.#world.rewind(reached + 1, to);
  }

  #restart(frames: number, before: number, isCrash: boolean): void {
    this.#cut(true);
    this.#watcher.lose(false);
    // After a crash, what clients have said last is not in the file.
    if (isCrash) this.#store.close();
    this.#gateway.close();
    const reached = Math.max(0, this.#world.frame - frames);
    this.#forgetAfter(reached);
    this.#world = new FakeWorld();
    this.#world.frame = reached;
    this.#store = this.#openStore(reached);
    const store = this.#store;
    this.#world.listenTo([weatherEvent]);
    this.#world.onFrame((frame) => store.hear(frame));
    for (let i = 0; i < before; i += 1) this.#pass("a");
    this.#gateway = this.#openGateway();
    this.#watcher = this.#watch();
  }

  #openStore(reached: number | undefined): SessionStore {
    const stored = reached === undefined ? undefined : { worldId: this.#world.id, reached };
    return SessionStore.open(this.#path, stored, 1_000_000);
  }

  #openGateway(): Gateway {
    const limits = { ...defaultLimits, commitWaitMsMax: 60_000, reliableLaneBytesMax: laneBytes };
    const log = createLog(() => {});
    return new Gateway(this.#world, limits, log, { store: this.#store });
  }

  /** Somebody who is always subscribed to all weather, so that the world tells of it. */
  #watch(): GatewayClient {
    return new GatewayClient(this.#gateway).subscribe("weather");
  }

  #upkeep(): void {
    this.#watcher.ack(Number.MAX_SAFE_INTEGER);
    vi.advanceTimersByTime(upkeepMs);
  }

  #subscribe(): void {
    const { session = "" } = this.memory.welcome ?? {};
    // Not before it has looked at the welcome.
    if (!this.#client?.connection.isOpen || this.#read === 0 || this.#since.has(session)) return;
    this.#since.set(session, this.#gateway.shownThrough);
    const rates = [{ topic: "time", intervalMs: 200 }];
    this.#client.say({ case: "subscribe", value: { topics: ["weather/a", "time"], rates } });
  }

  #look(most: number): void {
    const { messages } = this.#client?.line ?? { messages: [] };
    for (let i = 0; i < most && this.#read < messages.length; i += 1, this.#read += 1) {
      this.memory.take(messages[this.#read] as ServerMessage["body"]);
    }
  }

  #hear(most: number): void {
    for (const ack of this.#said.splice(0, most)) this.#client?.say({ case: "ack", value: ack });
  }

  #cut(isNoticed: boolean): void {
    if (isNoticed) this.#client?.lose();
    this.#client = undefined;
    this.#said = [];
  }

  #comeBack(size: number): GatewayClient {
    const { welcome, position } = this.memory;
    const { session = "", resumeToken = "" } = welcome ?? {};
    const resume = { session, resumeToken, ...position };
    this.#client = new GatewayClient(this.#gateway, { ...(welcome && { resume }) }, size);
    this.#read = 0;
    this.#sent = 0;
    if (this.#client.welcome.resumed) this.resumes += 1;
    return this.#client;
  }

  /** What is sent after a rewind is of what happened, and lasted. */
  #lookInto(): void {
    const { messages } = this.#client?.line ?? { messages: [] };
    for (; this.#sent < messages.length; this.#sent += 1) {
      const body = messages[this.#sent];
      for (const event of body?.case === "frame" ? body.value.events : []) {
        const { case: kind, value } = event.body;
        if (kind === "weatherChanged") expect(this.#undone).not.toContain(value.newState);
        if (kind === "timeChanged") expect(this.#undone).not.toContain(`${value.settledGameMs}`);
      }
    }
  }
}
