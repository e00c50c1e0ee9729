import { handlerScope } from "../../src/runtime/actor/traps.ts";

/** Says from a worker when the actors of a frame began, and hears it where it is measured. */
const channelName = "bench-frame-began";

interface FrameBegan {
  readonly frame: number;
  /** As `performance.timeOrigin + performance.now()`. */
  readonly atMs: number;
}

let channel: BroadcastChannel | undefined;

export function sayFrameBegan(frame: number): void {
  channel ??= new BroadcastChannel(channelName);
  // Handlers have no clock but the world's. What is measured here is not of the world.
  const { active } = handlerScope;
  handlerScope.active = undefined;
  const atMs = performance.timeOrigin + performance.now();
  channel.postMessage({ frame, atMs } satisfies FrameBegan);
  handlerScope.active = active;
}

export function onFrameBegan(listener: (began: FrameBegan) => void): void {
  const heard = new BroadcastChannel(channelName);
  heard.onmessage = ({ data }) => listener(data as FrameBegan);
}
