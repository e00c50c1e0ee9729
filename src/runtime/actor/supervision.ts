/**
 * What becomes of an actor whose handler threw. `resume`: it goes on with its state. `restart`: it goes on with a new
 * one. `stop`: it stops. `escalate`: its parent is treated as if its own handler had thrown; without a parent the
 * world stops.
 */
export type Directive = "resume" | "restart" | "stop" | "escalate";

export interface Supervision {
  readonly directive: Directive;
  /**
   * `all-for-one`: when this actor restarts or stops by a failure, the other children of its parent do so too, in the
   * next frame.
   */
  readonly scope: "one-for-one" | "all-for-one";
  /**
   * What a restart goes back to: a new state from `init`, or state and timers of the last checkpoint, of which the
   * world makes one with each snapshot. Before the first checkpoint both are the same.
   */
  readonly restartFrom: "init" | "checkpoint";
  /** More restarts than this within the window escalate. */
  readonly restartsMax: number;
  readonly windowFrames: number;
}

export const defaultSupervision: Supervision = {
  directive: "restart",
  scope: "one-for-one",
  restartFrom: "init",
  restartsMax: 5,
  windowFrames: 3_600,
};

/** How often, and since when, an actor restarted. Part of its state. */
export interface RestartWindow {
  restarts: number;
  since: number;
}

/** Decides what to do about a failure at `frame`, and notes it in the window. */
export function decide(supervision: Supervision, window: RestartWindow, frame: number): Directive {
  if (supervision.directive !== "restart") return supervision.directive;
  if (window.restarts === 0 || frame - window.since >= supervision.windowFrames) {
    window.since = frame;
    window.restarts = 0;
  }
  window.restarts += 1;
  return window.restarts > supervision.restartsMax ? "escalate" : "restart";
}
