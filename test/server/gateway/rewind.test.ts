import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { Gateway } from "../../../src/server/gateway/gateway.ts";
import { SessionStore } from "../../../src/server/gateway/session-store.ts";
import { defaultLimits } from "../../../src/server/limits.ts";
import { createLog } from "../../../src/server/log.ts";
import { FakeWorld } from "../../support/fake-world.ts";
import { GatewayClient } from "../../support/gateway-client.ts";
import { temporaryFolder } from "../../support/kept-world.ts";

let world: FakeWorld;
let gateway: Gateway;

function begin(store?: SessionStore): void {
  const log = createLog(() => {});
  gateway = new Gateway(world, defaultLimits, log, { store });
}

/** Frames with a reliable event each. */
function pass(frames: number): void {
  for (let i = 0; i < frames; i += 1) {
    world.publish(WeatherEventSchema, { region: "moor", newState: `${world.frame + 1}` });
    world.endFrame();
  }
}

/** Frames from one on did not last. */
function rewind(from: number): void {
  const to = world.frame;
  world.frame = from - 1;
  world.rewind(from, to);
}

/** What a client hears that comes back, after its welcome. */
function heardBack(resume: ReturnType<GatewayClient["resume"]>): string[] {
  const [welcome, ...rest] = new GatewayClient(gateway, { resume }).lose().line.sent;
  expect(welcome).toBe("welcome");
  return rest;
}

beforeEach(() => {
  world = new FakeWorld();
});
afterEach(() => gateway.close());

describe("a client whose world goes back", () => {
  let client: GatewayClient;
  beforeEach(() => {
    begin();
    client = new GatewayClient(gateway).subscribe("weather");
    pass(5);
  });
  const token = () => client.welcome.resumeToken;

  test("is told so again, and gets all again, when its connection broke before it could know", () => {
    rewind(4);
    pass(3);
    client.lose();
    const resume = client.resume(5, token(), 0);
    expect(heardBack(resume)).toEqual(["gap 4 to 5 rewound", "frame 4", "frame 5", "frame 6"]);
  });

  test("is told so again when its connection broke between the welcome and the gap", () => {
    client.lose();
    rewind(4);
    pass(3);
    const full = new GatewayClient(gateway, { resume: client.resume(5) }, 1_000_000).lose();
    expect(full.line.sent).toEqual(["welcome"]);
    // All that it has of that connection is the welcome.
    const resume = full.resume(5);
    expect(resume.rewinds).toBe(0);
    expect(heardBack(resume)).toEqual(["gap 4 to 5 rewound", "frame 4", "frame 5", "frame 6"]);
  });

  test("is told of those rewinds only of which it has not heard", () => {
    rewind(3);
    pass(4);
    expect(heardBack(client.lose().resume(5))).toEqual(["frame 6"]);
    rewind(5);
    pass(2);
    const resume = client.resume(5, token(), 1);
    expect(heardBack(resume)).toEqual(["gap 5 to 5 rewound", "frame 5", "frame 6"]);
  });

  test("goes back far enough after more rewinds than are told apart", () => {
    client.lose();
    rewind(2);
    for (let i = 0; i < 40; i += 1) {
      pass(10);
      rewind(world.frame);
    }
    expect(heardBack(client.resume(5))[0]).toBe("gap 2 to 5 rewound");
    const late = client.resume(world.frame + 1, token(), 39);
    expect(heardBack(late).slice(0, 1)).toEqual([
      `gap ${world.frame - 8} to ${world.frame + 1} rewound`,
    ]);
  });

  test("goes back to before the first of several rewinds of which it has not heard", () => {
    client.lose();
    rewind(3);
    pass(4);
    rewind(5);
    pass(3);
    expect(heardBack(client.resume(5))).toEqual([
      "gap 3 to 5 rewound",
      ...["frame 3", "frame 4", "frame 5", "frame 6", "frame 7"],
    ]);
  });

  test("hears of a rewind by its welcome when it had nothing of what did not last", () => {
    client.lose();
    rewind(4);
    pass(2);
    const back = new GatewayClient(gateway, { resume: client.resume(2) });
    expect(back.line.sent).toEqual(["welcome", "frame 3", "frame 4", "frame 5"]);
    expect(back.welcome.rewinds).toBe(1);
    expect(back.lose().resume(5)).toMatchObject({ rewinds: 1 });
    expect(heardBack(back.resume(5))).toEqual([]);
  });

  test("says how far it was before it knew, and that does not count", () => {
    rewind(3);
    pass(3);
    client.ack(5, 0);
    client.ack(5, 7);
    expect(heardBack(client.lose().resume(2))).toEqual(["frame 3", "frame 4", "frame 5"]);
  });

  test("has more than anybody was shown, as it says, and is told that this did not last", () => {
    expect(heardBack(client.lose().resume(1_000))).toEqual(["gap 6 to 1000 rewound"]);
    const most = { ...client.resume(0), received: 2n ** 64n - 1n };
    expect(heardBack(most)).toEqual([`gap 6 to ${Number.MAX_SAFE_INTEGER} rewound`]);
  });

  test("has heard of more rewinds than there were, as it says, and gets all that is there", () => {
    rewind(5);
    const resume = client.lose().resume(4, token(), 2);
    const frames = ["frame 1", "frame 2", "frame 3", "frame 4"];
    expect(heardBack(resume)).toEqual(["gap 1 to 4 rewound", ...frames]);
  });

  test("says nothing of rewinds, and gets what it was told did not last, and is told again", () => {
    rewind(4);
    pass(2);
    client.ack(5, 0);
    for (let i = 0; i < 2; i += 1) {
      const resume = client.lose().resume(5, token(), 0);
      expect(heardBack(resume)).toEqual(["gap 4 to 5 rewound", "frame 4", "frame 5"]);
    }
  });

  test("gets all that comes in place of the frames in which it subscribed", () => {
    const late = new GatewayClient(gateway).subscribe("weather");
    pass(1);
    rewind(3);
    pass(3);
    expect(late.frames).toEqual(["6!", "3!", "4!", "5!"]);
    expect(heardBack(late.lose().resume(2))).toEqual(["frame 3", "frame 4", "frame 5"]);
  });

  test("has had all that lasted of what it missed, and gets what happens then", () => {
    client.lose();
    // It takes the welcome, and frame 3 after that; frames 4 and 5 are to be sent.
    const slow = new GatewayClient(gateway, { resume: client.resume(2) }, 200_000);
    slow.drain();
    rewind(4);
    pass(2);
    slow.line.size = 0;
    slow.drain();
    expect(slow.line.sent).toEqual([
      ...["welcome", "frame 3", "gap 4 to 5 rewound", "frame 4", "frame 5"],
    ]);
  });
});

describe("a server that is started again after its world went back", () => {
  let path: string;
  beforeEach(() => {
    path = join(temporaryFolder(), "sessions");
    begin(SessionStore.open(path, undefined, 1_000_000));
  });
  const restart = (reached: number) => {
    gateway.close();
    world = new FakeWorld();
    world.frame = reached;
    begin(SessionStore.open(path, { worldId: world.id, reached }, 1_000_000));
  };

  test("knows of what clients have not heard", () => {
    const client = new GatewayClient(gateway).subscribe("weather");
    pass(5);
    rewind(4);
    pass(3);
    restart(6);
    pass(1);
    const resume = client.resume(5, client.welcome.resumeToken, 0);
    const frames = ["frame 4", "frame 5", "frame 6", "frame 7"];
    expect(heardBack(resume)).toEqual(["gap 4 to 5 rewound", ...frames]);
  });

  test("takes no position for one after the restart that is one of before", () => {
    const client = new GatewayClient(gateway).subscribe("weather");
    pass(5);
    rewind(4);
    pass(3);
    restart(5);
    pass(2);
    const back = heardBack(client.resume(6));
    expect(back).toEqual(["gap 6 to 6 rewound", "frame 6", "frame 7"]);
  });

  test("knows of restarts that a client slept through", () => {
    const client = new GatewayClient(gateway).subscribe("weather");
    pass(5);
    restart(3);
    pass(4);
    restart(7);
    const frames = ["frame 4", "frame 5", "frame 6", "frame 7"];
    expect(heardBack(client.resume(5))).toEqual(["gap 4 to 5 rewound", ...frames]);
  });

  test("keeps for its clients what happens before there is a gateway", () => {
    const client = new GatewayClient(gateway).subscribe("weather");
    pass(3);
    client.ack(2);
    gateway.close();
    world = new FakeWorld();
    world.frame = 2;
    const store = SessionStore.open(path, { worldId: world.id, reached: 2 }, 1_000_000);
    world.listenTo([1]);
    world.onFrame((frame) => store.hear(frame));
    pass(2);
    begin(store);
    expect(store.records[0]?.lastReliable).toBe(4);
    expect(heardBack(client.resume(3))).toEqual(["gap 3 to 3 rewound", "frame 3", "frame 4"]);
  });
});
