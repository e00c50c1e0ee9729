import { beforeEach, describe, expect, test } from "vitest";
import { TimeEventSchema, TimePhaseEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import type { Connection } from "../../../src/server/gateway/connection.ts";
import { Gateway } from "../../../src/server/gateway/gateway.ts";
import { binarySubprotocol } from "../../../src/server/gateway/subprotocol.ts";
import { defaultLimits } from "../../../src/server/limits.ts";
import { createLog } from "../../../src/server/log.ts";
import { FakeLine } from "../../support/fake-line.ts";
import { FakeWorld } from "../../support/fake-world.ts";
import { say } from "../../support/spoken.ts";

const limits = {
  ...defaultLimits,
  ...{ lineBytesMax: 1_000, reliableLaneBytesMax: 50, controlLaneBytesMax: 100 },
};

describe("a client whose line is slow", () => {
  let world: FakeWorld;
  let gateway: Gateway;
  let line: FakeLine;
  let connection: Connection;

  beforeEach(() => {
    world = new FakeWorld();
    gateway = new Gateway(
      world,
      limits,
      createLog(() => {}),
    );
    line = new FakeLine();
    connection = gateway.accept(line, binarySubprotocol);
    say(
      gateway,
      connection,
      { case: "hello", value: {} },
      { case: "subscribe", value: { topics: ["time"] } },
    );
    expect(line.sent).toEqual(["welcome", "subscribed"]);
    line.sent.length = 0;
  });

  const passTime = () => {
    world.publish(TimeEventSchema, {});
    world.endFrame();
  };
  const changePhase = () => {
    world.publish(TimePhaseEventSchema, {});
    passTime();
  };
  const drain = () => {
    line.bufferedBytes = 0;
    connection.drained();
  };

  test("gets a frame together with what is sent after it, as long as it keeps up", () => {
    passTime();
    expect([line.sent, line.joined]).toEqual([["frame 1"], 1]);
    line.bufferedBytes = 1_001;
    passTime();
    drain();
    expect([line.sent, line.joined]).toEqual([["frame 1", "frame 2"], 1]);
  });

  test("gets all reliable events, and of the others the latest, in one frame", () => {
    passTime();
    line.bufferedBytes = 1_001;
    passTime();
    changePhase();
    passTime();
    changePhase();
    passTime();
    expect(line.sent).toEqual(["frame 1"]);
    drain();
    expect(line.sent).toEqual(["frame 1", "frame 3", "frame 5", "frame 6"]);
    const frames = line.messages.flatMap((body) => (body.case === "frame" ? [body.value] : []));
    const kinds = frames.map(({ events, reliable }) => [events.map((e) => e.body.case), reliable]);
    expect(kinds).toEqual([
      [["timeChanged"], 0n],
      [["timePhase"], 3n],
      [["timePhase"], 5n],
      [["timeChanged"], 0n],
    ]);
    expect(gateway.counters).toMatchObject({ framesOut: 1, framesQueued: 5, eventsCoalesced: 4 });
  });

  test("gets its answers first", () => {
    line.bufferedBytes = 1_001;
    changePhase();
    say(gateway, connection, { case: "ping", value: { request: 1 } });
    drain();
    expect(line.sent).toEqual(["pong", "frame 1", "frame 1"]);
  });

  test("is given no more than its line takes", () => {
    line.bufferedBytes = 1_001;
    changePhase();
    changePhase();
    line.size = 2_000;
    drain();
    expect(line.sent).toEqual(["frame 1"]);
    expect(gateway.counters.laneBytes).toBeGreaterThan(0);
    drain();
    drain();
    expect(line.sent).toEqual(["frame 1", "frame 2", "frame 2"]);
    expect(gateway.counters.laneBytes).toBe(0);
  });

  test("gets nothing of frames that did not last once it is told so", () => {
    line.bufferedBytes = 1_001;
    for (let i = 0; i < 3; i += 1) changePhase();
    world.rewind(2, 3);
    world.frame = 1;
    changePhase();
    drain();
    expect(line.sent).toEqual(["gap 2 to 3 rewound", "frame 1", "frame 2", "frame 2"]);
    expect(gateway.counters.laneBytes).toBe(0);
  });

  test("is told when reliable events went, and closed when they go again before it took that", () => {
    line.bufferedBytes = 1_001;
    for (let i = 0; i < 100; i += 1) changePhase();
    expect(line.closedWith).toBe("4408 CLIENT_TOO_SLOW");
    expect(line.sent).toEqual([]);
    expect(gateway.counters).toMatchObject({ connections: 0, resyncs: 1 });
    expect(gateway.counters.closes).toEqual(new Map([["CLIENT_TOO_SLOW", 1]]));
  });

  test("goes on after a resync that it took", () => {
    for (let round = 1; round < 4; round += 1) {
      line.bufferedBytes = 1_001;
      while (gateway.counters.resyncs < round) changePhase();
      line.sent.length = 0;
      drain();
      expect(line.sent[0]).toBe("resync CLIENT_TOO_SLOW");
    }
    expect(line.closedWith).toBeUndefined();
  });

  test("is closed when it takes no answers", () => {
    line.bufferedBytes = 1_001;
    for (let i = 0; i < 100; i += 1)
      say(gateway, connection, { case: "ping", value: { request: 1 } });
    expect(line.closedWith).toBe("4408 CLIENT_TOO_SLOW");
  });
});

test("clients hear of frames that did not last", () => {
  const world = new FakeWorld();
  const gateway = new Gateway(
    world,
    limits,
    createLog(() => {}),
  );
  const line = new FakeLine();
  say(gateway, gateway.accept(line, binarySubprotocol), { case: "hello", value: {} });
  world.rewind(5, 9);
  expect(line.sent).toEqual(["welcome", "gap 5 to 9 rewound"]);
});

describe("a world under overload", () => {
  const join = (world: FakeWorld): FakeLine => {
    const gateway = new Gateway(
      world,
      limits,
      createLog(() => {}),
    );
    const line = new FakeLine();
    const silent = new FakeLine();
    gateway.accept(silent, binarySubprotocol);
    say(gateway, gateway.accept(line, binarySubprotocol), { case: "hello", value: {} });
    world.dilate(0.5);
    expect(silent.sent).toEqual([]);
    return line;
  };

  test("tells those who have said hello how fast its time runs, each time that changes", () => {
    const world = new FakeWorld();
    const line = join(world);
    world.dilate(1);
    expect(line.sent).toEqual(["welcome", "time 0.5", "time 1"]);
  });

  test("tells it after the welcome to those who come later", () => {
    const world = new FakeWorld();
    world.dilate(0.25);
    expect(join(world).sent).toEqual(["welcome", "time 0.25", "time 0.5"]);
  });
});
