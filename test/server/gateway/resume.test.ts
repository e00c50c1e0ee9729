import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TimeEventSchema, TimePhaseEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import type { Authenticator } from "../../../src/server/access/authenticator.ts";
import { developer } from "../../../src/server/access/identity.ts";
import { Gateway } from "../../../src/server/gateway/gateway.ts";
import { SessionFile } from "../../../src/server/gateway/session-file.ts";
import { SessionStore } from "../../../src/server/gateway/session-store.ts";
import { defaultLimits, type Limits } from "../../../src/server/limits.ts";
import { createLog } from "../../../src/server/log.ts";
import { FakeWorld } from "../../support/fake-world.ts";
import { GatewayClient } from "../../support/gateway-client.ts";

let world: FakeWorld;
let gateway: Gateway;

function begin(limits: Partial<Limits> = {}, store?: SessionStore): void {
  const log = createLog(() => {});
  gateway = new Gateway(world, { ...defaultLimits, ...limits }, log, { store });
}

/** A frame with something reliable, and something that is not. */
function pass(frames = 1, region = "moor"): void {
  for (let i = 0; i < frames; i += 1) {
    world.publish(WeatherEventSchema, { region, newState: `${world.frame + 1}` });
    world.publish(TimeEventSchema, {});
    world.endFrame();
  }
}

beforeEach(() => {
  world = new FakeWorld();
});
afterEach(() => gateway.close());

describe("a client that lost its connection", () => {
  beforeEach(() => begin());

  test("goes on with its session, and gets the reliable frames that it missed, once", () => {
    const client = new GatewayClient(gateway).subscribe("weather", "time");
    pass(3);
    client.lose();
    pass(2);
    const back = new GatewayClient(gateway, { resume: client.resume(2) });
    expect(back.line.sent).toEqual(["welcome", "frame 3", "frame 4", "frame 5"]);
    expect(back.welcome).toMatchObject({ resumed: true, session: client.welcome.session });
    expect(back.frames).toEqual(["3!", "4!", "5!"]);
    const repeated = back.line.messages.flatMap((m) => (m.case === "frame" ? m.value.events : []));
    expect(repeated.map(({ body }) => body.case)).toEqual(Array(3).fill("weatherChanged"));
    pass();
    expect(back.line.last("frame").events).toHaveLength(2);
  });

  test("gets once the frame with which it has caught up, when its line took what it missed meanwhile", () => {
    const client = new GatewayClient(gateway).subscribe("weather", "time");
    pass(3);
    client.lose();
    pass(2);
    const full = 2 * defaultLimits.lineBytesMax;
    const back = new GatewayClient(gateway, { resume: client.resume(2) }, 0, full);
    expect(back.frames).toEqual([]);
    back.line.bufferedBytes = 1;
    pass();
    expect(back.frames).toEqual(["3!", "4!", "5!", "6!", "6"]);
    const last = back.line.last("frame").events.map(({ body }) => body.case);
    expect(last).toEqual(["timeChanged"]);
    pass();
    expect(back.line.last("frame").events).toHaveLength(2);
  });

  test("gets nothing again of what it had, or said that it had", () => {
    const client = new GatewayClient(gateway).subscribe("weather");
    pass(3);
    client.ack(3);
    client.lose();
    expect(new GatewayClient(gateway, { resume: client.resume(0) }).frames).toEqual([]);
  });

  test("gets nothing of what happened before it subscribed", () => {
    const other = new GatewayClient(gateway).subscribe("weather");
    pass(2);
    const client = new GatewayClient(gateway).subscribe("weather");
    pass(1);
    client.subscribe("time").lose();
    const back = new GatewayClient(gateway, { resume: client.resume(0) });
    expect(back.frames).toEqual(["3!"]);
    expect(other.frames).toEqual(["1!", "2!", "3!"]);
  });

  test("may come back before the server knows that it was gone", () => {
    const client = new GatewayClient(gateway).subscribe("weather");
    pass(2);
    const back = new GatewayClient(gateway, { resume: client.resume(1) });
    expect(client.line.closedWith).toBe("4409 CLIENT_REPLACED");
    pass();
    expect(back.frames).toEqual(["2!", "3!"]);
    expect(client.frames).toEqual(["1!", "2!"]);
    expect(gateway.counters).toMatchObject({ connections: 1, sessions: 1 });
  });

  test("may use its token again as long as it said nothing after the welcome", () => {
    const client = new GatewayClient(gateway).subscribe("weather");
    client.lose();
    const second = new GatewayClient(gateway, { resume: client.resume(0) }).lose();
    const third = new GatewayClient(gateway, { resume: client.resume(0) });
    expect(third.welcome.resumed).toBe(true);
    third.ack(0);
    third.lose();
    for (const used of [client.welcome, second.welcome]) {
      const resume = client.resume(0, used.resumeToken);
      const late = new GatewayClient(gateway, { resume });
      expect(late.line.sent).toEqual(["welcome", "resync RESUME_TOKEN_INVALID"]);
      expect(late.welcome.resumed).toBe(false);
      expect(late.welcome.session).not.toBe(client.welcome.session);
    }
    expect(new GatewayClient(gateway, { resume: third.resume(0) }).welcome.resumed).toBe(true);
  });

  test.each([
    ["a wrong token", (client: GatewayClient) => client.resume(0, "x"), "RESUME_TOKEN_INVALID"],
    ["no token", (client: GatewayClient) => client.resume(0, ""), "RESUME_TOKEN_INVALID"],
    ["a session nobody knows", () => ({ session: "none" }), "RESUME_EXPIRED"],
    ["nothing", () => ({}), "RESUME_EXPIRED"],
  ])("gets a new session with %s", (_what, resumeOf, reason) => {
    const client = new GatewayClient(gateway).subscribe("weather").lose();
    const back = new GatewayClient(gateway, { resume: resumeOf(client) });
    expect(back.line.sent).toEqual(["welcome", `resync ${reason}`]);
    pass();
    expect(back.frames).toEqual([]);
  });

  test("gets a new session when it had closed the old one itself", () => {
    const client = new GatewayClient(gateway).lose(false);
    const back = new GatewayClient(gateway, { resume: client.resume(0) });
    expect(back.line.sent).toEqual(["welcome", "resync RESUME_EXPIRED"]);
    expect(gateway.counters).toMatchObject({ sessions: 1, sessionsAway: 0 });
  });

  test("hears of frames that it had and that did not last, and gets them as they are now", () => {
    const client = new GatewayClient(gateway).subscribe("weather");
    pass(5);
    client.lose();
    world.rewind(4, 5);
    world.frame = 3;
    pass(1);
    const back = new GatewayClient(gateway, { resume: client.resume(5) });
    expect(back.line.sent).toEqual(["welcome", "gap 4 to 5 rewound", "frame 4"]);
    back.lose();
    const again = new GatewayClient(gateway, { resume: back.resume(4) });
    expect(again.line.sent).toEqual(["welcome"]);
  });

  test("claims to have what nobody has been shown, and loses nothing but that", () => {
    const client = new GatewayClient(gateway).subscribe("weather");
    pass(2);
    client.lose();
    const back = new GatewayClient(gateway, { resume: client.resume(1_000_000) });
    pass(1);
    expect(back.frames).toEqual(["3!"]);
  });
});

describe("a client that missed more than its lane takes", () => {
  beforeEach(() => begin({ reliableLaneBytesMax: 1_024 }));
  /** It missed 500 frames, which are some 20 times its lane. */
  const behind = () => {
    const client = new GatewayClient(gateway).subscribe("weather");
    pass(1);
    client.lose();
    pass(500);
    return client;
  };
  const numbered = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => `${from + i}!`);

  test("gets it all, without a resync", () => {
    const client = behind();
    const back = new GatewayClient(gateway, { resume: client.resume(1) });
    expect(back.frames).toEqual(numbered(2, 501));
    expect([back.line.closedWith, gateway.counters.resyncs]).toEqual([undefined, 0]);
  });

  test("gets it as slowly as its line takes it, and what happens meanwhile behind it", () => {
    const client = behind();
    const slow = new GatewayClient(gateway, { resume: client.resume(1) }, 200_000);
    for (let i = 0; i < 600; i += 1) {
      pass(i < 50 ? 1 : 0);
      slow.drain();
    }
    expect(slow.frames).toEqual(numbered(2, 551));
    slow.line.size = 0;
    slow.drain();
    pass(1);
    expect(slow.frames.at(-1)).toBe("552!");
    expect(gateway.counters).toMatchObject({ resyncs: 0, laneBytes: 0 });
  });

  test("gets the rest when it comes back in the middle of it", () => {
    const client = behind();
    const slow = new GatewayClient(gateway, { resume: client.resume(1) }, 200_000);
    for (let i = 0; i < 99; i += 1) slow.drain();
    expect(slow.frames).toEqual(numbered(2, 100));
    slow.lose();
    const again = new GatewayClient(gateway, { resume: slow.resume(100) });
    expect(again.frames).toEqual(numbered(101, 501));
  });

  test("hears of those in the middle that did not last, and gets them as they are now", () => {
    const client = behind();
    const slow = new GatewayClient(gateway, { resume: client.resume(1) }, 200_000);
    for (let i = 0; i < 9; i += 1) slow.drain();
    world.rewind(300, 501);
    world.frame = 299;
    pass(3);
    slow.line.size = 0;
    slow.drain();
    expect(slow.frames).toEqual(numbered(2, 302));
    expect(slow.line.sent).toContain("gap 300 to 501 rewound");
  });

  test("is told when the log had to let go of what it waits for, and goes on with what happens then", () => {
    gateway.close();
    begin({ reliableLaneBytesMax: 1_024, reliableLogBytesMax: 8_192 });
    const client = new GatewayClient(gateway).subscribe("weather");
    pass(1);
    client.lose();
    pass(40);
    const slow = new GatewayClient(gateway, { resume: client.resume(1) }, 200_000);
    pass(500);
    slow.line.size = 0;
    slow.drain();
    pass(1);
    expect(slow.line.sent.slice(-2)).toEqual(["resync CLIENT_TOO_SLOW", "frame 542"]);
    expect(slow.frames.length).toBeLessThan(4);
    // It has taken that resync: being too slow once more is not the end.
    slow.line.bufferedBytes = 1_000_000;
    while (gateway.counters.resyncs < 2) pass(1);
    slow.drain();
    expect(slow.line.sent.at(-1)).toBe("resync CLIENT_TOO_SLOW");
    expect(slow.line.closedWith).toBeUndefined();
  });
});

describe("the gateway", () => {
  test("keeps no more sessions than it may, and lets go of the longest away", () => {
    begin({ sessionsKeptMax: 2 });
    const clients = [1, 2, 3].map(() => new GatewayClient(gateway).lose());
    const resumed = clients.map((client) => {
      return new GatewayClient(gateway, { resume: client.resume(0) }).welcome.resumed;
    });
    expect(resumed).toEqual([false, true, true]);
  });

  test("lets go of a player's own sessions when it leaves too many, not of those of others", () => {
    const authenticator: Authenticator = {
      identify: (player = "") => ({ ...developer, player }),
    };
    gateway = new Gateway(
      world,
      { ...defaultLimits, sessionsPerPlayerMax: 2 },
      createLog(() => {}),
      { authenticator },
    );
    const leave = (token: string) => new GatewayClient(gateway, { token }).lose();
    const clients = ["anna", "bob", "bob", "bob", "", "", ""].map((player) => ({
      player,
      client: leave(player),
    }));
    const resumed = clients.map(({ player, client }) => {
      const hello = { token: player, resume: client.resume(0) };
      return new GatewayClient(gateway, hello).welcome.resumed;
    });
    expect(resumed).toEqual([true, false, true, true, true, true, true]);
  });

  test("lets a player in no more often than it may, and others as before", () => {
    const authenticator: Authenticator = {
      identify: (player = "") => ({ ...developer, player }),
    };
    gateway = new Gateway(
      world,
      { ...defaultLimits, playerJoinsPerSecondMax: 1 },
      createLog(() => {}),
      { authenticator },
    );
    const closes = ["bob", "bob", "bob", "anna", "", "", ""].map(
      (token) => new GatewayClient(gateway, { token }).line.closedWith,
    );
    const refused = "4503 CLIENT_TOO_MANY_CONNECTIONS";
    expect(closes).toEqual([undefined, undefined, refused, ...Array(4).fill(undefined)]);
  });

  test("keeps no session when there is no time to come back", () => {
    begin({ resumeWindowMs: 0 });
    const client = new GatewayClient(gateway).subscribe("weather").lose();
    expect(gateway.counters.sessions).toBe(0);
    expect(world.listened).toEqual(new Set());
    expect(new GatewayClient(gateway, { resume: client.resume(0) }).welcome.resumed).toBe(false);
  });

  test("refuses to go on where it does not keep all that was missed", () => {
    begin({ reliableLogBytesMax: 1_024 });
    const [behind, near] = [1, 2].map(() => new GatewayClient(gateway).subscribe("weather"));
    pass(100);
    behind?.lose();
    near?.lose();
    expect(gateway.counters.reliableLogBytes).toBeLessThanOrEqual(1_024);
    const resume = (client: GatewayClient | undefined, received: number) =>
      new GatewayClient(gateway, { resume: client?.resume(received) as never }).line.sent;
    expect(resume(behind, 10)).toEqual(["welcome", "resync RESUME_EXPIRED"]);
    expect(resume(near, 98)).toEqual(["welcome", "frame 99", "frame 100"]);
  });

  test("goes on with a session for which nothing has happened for long", () => {
    begin({ reliableLogBytesMax: 1_024 });
    const quiet = new GatewayClient(gateway).subscribe("weather/marsh");
    new GatewayClient(gateway).subscribe("weather/moor");
    pass(1, "marsh");
    quiet.lose();
    pass(100);
    const back = new GatewayClient(gateway, { resume: quiet.resume(1) });
    expect(back.line.sent).toEqual(["welcome"]);
  });
});

describe("a frame with reliable events", () => {
  beforeEach(() => {
    world.keptThrough = 0;
    begin();
  });
  const changePhase = () => {
    world.publish(TimePhaseEventSchema, {});
    world.endFrame();
  };
  const tell = () => {
    world.publish(TimeEventSchema, {});
    world.endFrame();
  };

  test("is shown when it is on the disk, and so are those behind it", () => {
    const client = new GatewayClient(gateway).subscribe("time");
    tell();
    changePhase();
    tell();
    changePhase();
    expect(client.frames).toEqual(["1"]);
    world.keep(3);
    expect(client.frames).toEqual(["1", "2!", "3"]);
    world.keep(4);
    expect(client.frames).toEqual(["1", "2!", "3", "4!"]);
  });

  test("is not sent again to a client that comes back before that", () => {
    const client = new GatewayClient(gateway).subscribe("time");
    changePhase();
    client.lose();
    const back = new GatewayClient(gateway, { resume: client.resume(0) });
    expect(back.frames).toEqual([]);
    world.keep(1);
    expect(back.frames).toEqual(["1!"]);
  });

  test("is not shown when it did not last", () => {
    const client = new GatewayClient(gateway).subscribe("time");
    changePhase();
    world.rewind(1, 1);
    world.keep(1);
    expect(client.frames).toEqual([]);
  });

  test("is shown at once while the disk takes nothing", () => {
    const client = new GatewayClient(gateway).subscribe("time");
    world.durabilityProblem = "the disk is full";
    changePhase();
    expect(client.frames).toEqual(["1!"]);
  });
});

describe("a server that is started again", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tellurion-sessions-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const open = (reached?: number, worldId = "fake-world") => {
    const stored = reached === undefined ? undefined : { worldId, reached };
    return SessionStore.open(join(folder, "sessions"), stored, 1_000_000);
  };
  const restart = (reached: number, worldId?: string) => {
    gateway.close();
    world = new FakeWorld();
    world.frame = reached;
    begin({}, open(reached, worldId));
  };

  test("goes on with its sessions: what was missed before and after comes, once", () => {
    begin({}, open());
    const client = new GatewayClient(gateway).subscribe("weather");
    pass(5);
    restart(5);
    expect(world.listened.size).toBeGreaterThan(0);
    pass(2);
    const back = new GatewayClient(gateway, { resume: client.resume(3) });
    expect(back.line.sent).toEqual(["welcome", "frame 4", "frame 5", "frame 6", "frame 7"]);
    expect(back.line.last("frame").events[0]?.body.value).toMatchObject({ newState: "7" });
  });

  test("tells clients of frames that they had and that are not on the disk", () => {
    begin({}, open());
    const client = new GatewayClient(gateway).subscribe("weather");
    pass(5);
    restart(3);
    pass(1);
    const back = new GatewayClient(gateway, { resume: client.resume(5) });
    expect(back.line.sent).toEqual(["welcome", "gap 4 to 5 rewound", "frame 4"]);
  });

  test("takes what the world tells again before there is a gateway", () => {
    begin({}, open());
    const client = new GatewayClient(gateway).subscribe("weather");
    pass(2);
    gateway.close();
    const store = open(4);
    expect(store.heardThrough).toBe(2);
    expect(store.topics).toEqual(new Set(["weather"]));
    world = new FakeWorld();
    world.frame = 1;
    world.listenTo([1]);
    world.onFrame((frame) => store.hear(frame));
    pass(3);
    begin({}, store);
    pass(1);
    const back = new GatewayClient(gateway, { resume: client.resume(1) });
    expect(back.frames).toEqual(["2!", "3!", "4!", "5!"]);
  });

  test("knows nothing of sessions of another world, or of one that was begun anew", () => {
    begin({}, open());
    const client = new GatewayClient(gateway).subscribe("weather");
    pass(2);
    restart(2, "another-world");
    const back = new GatewayClient(gateway, { resume: client.resume(1) });
    expect(back.line.sent).toEqual(["welcome", "resync RESUME_EXPIRED"]);
  });

  test("knows where clients look: at once that they do, and when it ends where they have got to", () => {
    begin({}, open());
    const client = new GatewayClient(gateway);
    const look = (x: number, radius = 30) => {
      client.say({ case: "subscribe", value: { topics: [], area: { x, y: 0, radius } } });
    };
    const kept = () => {
      const file = SessionFile.open(join(folder, "sessions"));
      const [session] = file.sessions();
      file.close();
      return session?.area;
    };
    look(10);
    look(20);
    expect(kept()).toEqual({ x: 10, y: 0, radius: 30 });
    gateway.close();
    expect(kept()).toEqual({ x: 20, y: 0, radius: 30 });
    begin({}, open(0));
    client.lose();
    new GatewayClient(gateway, { resume: client.resume(0) }).say({
      case: "subscribe",
      value: { topics: [], area: { x: 0, y: 0, radius: 0 } },
    });
    expect(kept()).toBeUndefined();
  });

  test("keeps no token that could be stolen from the file", async () => {
    begin({}, open());
    const { resumeToken } = new GatewayClient(gateway).welcome;
    gateway.close();
    const { file } = open(0);
    const record = file?.sessions()[0];
    expect(record?.tokens).toHaveLength(32);
    expect(Buffer.from(record?.tokens ?? []).toString("base64url")).not.toContain(resumeToken);
    file?.close();
  });
});
