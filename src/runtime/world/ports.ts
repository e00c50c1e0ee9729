import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import {
  type Announce,
  type Announcement,
  createLaneMemory,
  LaneReader,
  LaneWriter,
  type ReceiveAnnouncement,
} from "../memory/lane.ts";
import { RingWriter } from "../memory/ring.ts";
import type { CoreEnds } from "./core-options.ts";
import type { WorldMemory } from "./memory.ts";

/** The ports of one worker, on which its lanes' new segments are announced. By worker, where there are several. */
export interface WorkerPorts {
  readonly lanesOut: readonly MessagePort[];
  readonly lanesIn: readonly MessagePort[];
  readonly notices: MessagePort;
  readonly orders: MessagePort;
  readonly inputs: MessagePort;
}

/** The ports of the conductor. By worker. */
export interface ConductorPorts {
  readonly notices: readonly MessagePort[];
  readonly orders: readonly MessagePort[];
  readonly inputs: readonly MessagePort[];
}

/** The conductor's ends of lanes. */
export interface ConductorEnds {
  readonly notices: readonly LaneReader[];
  readonly orders: LaneWriter;
  readonly inputs: readonly LaneWriter[];
}

/** A channel for each lane, also for those that stay in one thread: one way for all. */
export function createPorts(workers: number): {
  readonly workers: readonly WorkerPorts[];
  readonly conductor: ConductorPorts;
} {
  const each = <T>(make: (worker: number) => T): T[] =>
    Array.from({ length: workers }, (_, w) => make(w));
  const lanes = each(() => each(() => new MessageChannel()));
  const notices = each(() => new MessageChannel());
  const orders = each(() => new MessageChannel());
  const inputs = each(() => new MessageChannel());
  const portAt = (channels: readonly MessageChannel[], w: number): MessageChannel => {
    const channel = channels[w];
    if (channel === undefined) throw new RangeError(`worker=${w} has no channel`);
    return channel;
  };
  return {
    workers: each((w) => ({
      lanesOut: each((to) => portAt(lanes[w] ?? [], to).port1),
      lanesIn: each((from) => portAt(lanes[from] ?? [], w).port2),
      notices: portAt(notices, w).port1,
      orders: portAt(orders, w).port2,
      inputs: portAt(inputs, w).port2,
    })),
    conductor: {
      notices: notices.map((channel) => channel.port2),
      orders: orders.map((channel) => channel.port1),
      inputs: inputs.map((channel) => channel.port1),
    },
  };
}

/** All ports of a set, for a transfer list. */
export function portsOf(ports: WorkerPorts | ConductorPorts): MessagePort[] {
  return Object.values(ports).flat() as MessagePort[];
}

/** Opens one worker's ends of the world's lanes and rings. */
export function openCoreEnds(memory: WorldMemory, worker: number, ports: WorkerPorts): CoreEnds {
  const mine = memory.lanes[worker] ?? [];
  const nobody = (): void => {};
  return {
    lanesOut: mine.map((lane, to) => new LaneWriter(lane, announceOn(ports.lanesOut[to]))),
    lanesIn: memory.lanes.map((row, from) => {
      const lane = row[worker];
      if (lane === undefined) throw new RangeError(`worker=${worker} has no lane from ${from}`);
      return new LaneReader(lane, receiveOn(ports.lanesIn[from]));
    }),
    notices: new LaneWriter(at(memory.notices, worker), announceOn(ports.notices)),
    orders: new LaneReader(memory.orders, receiveOn(ports.orders)),
    inputs: new LaneReader(at(memory.inputs, worker), receiveOn(ports.inputs)),
    ring: new RingWriter(at(memory.outputRings, worker)),
    feed: memory.feedRings[worker] && new RingWriter(memory.feedRings[worker]),
    timers: new LaneWriter(createLaneMemory(), nobody),
    scratch: new LaneWriter(createLaneMemory(), nobody),
  };
}

export function openConductorEnds(memory: WorldMemory, ports: ConductorPorts): ConductorEnds {
  return {
    notices: memory.notices.map((lane, w) => new LaneReader(lane, receiveOn(ports.notices[w]))),
    orders: new LaneWriter(memory.orders, announceOn(...ports.orders)),
    inputs: memory.inputs.map((lane, w) => new LaneWriter(lane, announceOn(ports.inputs[w]))),
  };
}

/** Sending needs no event loop of the sender, which a running worker never enters. */
function announceOn(...ports: (MessagePort | undefined)[]): Announce {
  return (announcement) => {
    for (const port of ports) port?.postMessage(announcement);
  };
}

/** Taking a message from a port does not need one either. */
function receiveOn(port: MessagePort | undefined): ReceiveAnnouncement {
  return () => port && (receiveMessageOnPort(port)?.message as Announcement | undefined);
}

function at<T>(list: readonly T[], worker: number): T {
  const item = list[worker];
  if (item === undefined) throw new RangeError(`worker=${worker} is not in this world`);
  return item;
}
