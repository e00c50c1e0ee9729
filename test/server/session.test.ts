import { fromBinary } from "@bufbuild/protobuf";
import { beforeEach, describe, expect, test } from "vitest";
import { ServerMessageSchema } from "../../src/gen/tellurion/v1/client_pb.ts";
import { TimeEventSchema, TimePhaseEventSchema } from "../../src/gen/tellurion/v1/clock_pb.ts";
import { Gateway } from "../../src/server/gateway/gateway.ts";
import type { Line, Session } from "../../src/server/gateway/session.ts";
import { binarySubprotocol } from "../../src/server/gateway/subprotocol.ts";
import { defaultLimits } from "../../src/server/limits.ts";
import { createLog } from "../../src/server/log.ts";
import { FakeWorld } from "../support/fake-world.ts";

const limits = { ...defaultLimits, bufferedBytesSoft: 1_000, bufferedBytesMax: 5_000 };

/** A line that a test fills and drains. */
class FakeLine implements Line {
  bufferedBytes = 0;
  /** What each message adds to what waits. */
  size = 0;
  readonly sent: string[] = [];
  closedWith: string | undefined;

  send(data: Uint8Array): void {
    this.bufferedBytes += this.size;
    const { body } = fromBinary(ServerMessageSchema, data);
    if (body.case === "frame") this.sent.push(`frame ${body.value.frame}`);
    else if (body.case === "gap") {
      this.sent.push(`gap ${body.value.fromFrame} to ${body.value.toFrame}`);
    } else if (body.case === "timeDilation") this.sent.push(`time ${body.value.factor}`);
    else this.sent.push(body.case ?? "empty");
  }

  close(code: number, reason: string): void {
    this.closedWith = `${code} ${reason}`;
  }
}

describe("a client whose line is slow", () => {
  let world: FakeWorld;
  let gateway: Gateway;
  let line: FakeLine;
  let session: Session;

  beforeEach(() => {
    world = new FakeWorld();
    gateway = new Gateway(
      world,
      limits,
      createLog(() => {}),
    );
    line = new FakeLine();
    session = gateway.accept(line, binarySubprotocol);
    gateway.receive(session, Buffer.from([10, 0]), true);
    // subscribe { topics: ["time"] }
    gateway.receive(session, Buffer.from([18, 6, 18, 4, 116, 105, 109, 101]), true);
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

  test("gets frames with reliable events only, and a gap for the others", () => {
    passTime();
    line.bufferedBytes = 1_001;
    passTime();
    passTime();
    changePhase();
    passTime();
    line.bufferedBytes = 0;
    passTime();
    expect(line.sent).toEqual(["frame 1", "gap 2 to 3", "frame 4", "gap 5 to 5", "frame 6"]);
    expect(gateway.counters).toMatchObject({ framesOut: 3, framesSkipped: 3 });
  });

  test("hears of the gap when its line drains, also when nothing more happens", () => {
    line.bufferedBytes = 2_000;
    passTime();
    session.drained();
    expect(line.sent).toEqual([]);
    line.bufferedBytes = 0;
    session.drained();
    session.drained();
    expect(line.sent).toEqual(["gap 1 to 1"]);
  });

  test("is closed when too much waits for it, and leaves nothing behind", () => {
    line.bufferedBytes = 5_001;
    changePhase();
    expect(line.closedWith).toBe("4408 CLIENT_TOO_SLOW");
    expect(gateway.counters.connections).toBe(0);
    expect(gateway.counters.closes).toEqual(new Map([["CLIENT_TOO_SLOW", 1]]));
    expect(world.listened).toEqual(new Set());
    changePhase();
    gateway.receive(session, Buffer.from([10, 0]), true);
    expect(line.sent).toEqual([]);
  });

  test("is not closed by one message that is larger than all that may wait", () => {
    line.size = 6_000;
    changePhase();
    expect(line.closedWith).toBeUndefined();
    changePhase();
    expect(line.closedWith).toBe("4408 CLIENT_TOO_SLOW");
    expect(line.sent).toEqual(["frame 1"]);
    expect(gateway.counters).toMatchObject({ framesOut: 1, framesSkipped: 1 });
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
  gateway.receive(gateway.accept(line, binarySubprotocol), Buffer.from([10, 0]), true);
  world.rewind(5, 9);
  expect(line.sent).toEqual(["welcome", "gap 5 to 9"]);
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
    gateway.receive(gateway.accept(line, binarySubprotocol), Buffer.from([10, 0]), true);
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
