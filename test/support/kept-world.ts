import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { onTestFinished, vi } from "vitest";
import {
  type PublishedFrame,
  startWorld,
  type World,
  type WorldOptions,
} from "../../src/runtime/host.ts";
import { codecOf } from "../../src/runtime/index.ts";

/** A folder that is gone after the test; with `afterAll`, after all tests of a file. */
export function temporaryFolder(atTheEnd: (end: () => void) => void = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), "tellurion-"));
  atTheEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An event as a live listener saw it. */
export interface SeenEvent {
  readonly frame: number;
  readonly topic: string;
  readonly type: DescMessage;
  readonly event: MessageShape<DescMessage>;
}

/** What somebody who was there saw of a world. */
export interface Witness {
  /** The first frame whose events were all seen. */
  readonly from: number;
  readonly events: readonly SeenEvent[];
}

/** However slow the machine: a run of a test has come to its end by then. */
const frameMsMax = 30_000;

/** Keeps every snapshot of a run, and makes many. */
const keepAll = {
  retention: { historyFrames: 1_000_000, snapshotSpacingFrames: 1 },
  snapshots: { framesMin: 20, framesMax: 40, replayMsMax: 1_000 },
};

/** Runs a world until `frames` frames more have ended, and stops it: its file holds what it was. */
export async function runKeptWorld(
  options: WorldOptions & { readonly file: string },
  frames: number,
  during: (world: World) => Promise<unknown> = async () => {},
): Promise<Witness> {
  const world = await startWorld({ ...keepAll, ...options });
  const events: SeenEvent[] = [];
  world.onFrame((frame) => events.push(...copiesOf(frame)));
  world.listenTo(world.catalogue.events.map(({ number }) => number));
  // What was running when we began to listen may have been seen in part.
  const from = world.frame + 3;
  const end = world.frame + frames;
  await untilFrame(world, from);
  await during(world);
  await untilFrame(world, end);
  await world.stop();
  return { from, events: events.filter(({ frame }) => frame >= from) };
}

function untilFrame(world: World, frame: number): Promise<void> {
  const look = () => {
    if (world.frame < frame) throw new Error(`the world has come to frame ${world.frame} only`);
  };
  return vi.waitFor(look, { interval: 5, timeout: frameMsMax });
}

function copiesOf({ frame, events }: PublishedFrame): SeenEvent[] {
  return events.map(({ entry, topic, bytes, start, end }) => {
    const type = entry.desc;
    return { frame, topic, type, event: codecOf(type).decode(bytes, start, end) };
  });
}
