export const profiles = ["idle", "watch", "play"] as const;
export type Profile = (typeof profiles)[number];

/** What a load run does. */
export interface LoadPlan {
  readonly url: string;
  readonly clients: number;
  readonly profile: Profile;
  /** Clients that begin to join in a second. */
  readonly joinsPerSecond: number;
  /** How long is measured, after all have joined and set their clocks. */
  readonly seconds: number;
  /** How long a client tries to join. */
  readonly joinMsMax: number;
  /** Time for all clients to set their clocks, when they have joined and before it is measured. */
  readonly warmUpMs: number;
  readonly threads: number;
  /** A JSON Web Token for all of them, or nothing. */
  readonly token: string;
  /** Part of the players' names. */
  readonly run: string;
}

/** One thread's part of a plan: clients `first`, `first + step`, … */
export interface LoadShare extends LoadPlan {
  readonly first: number;
}

/** Between two things that a player does. */
export const actEveryMs = 1_000;

/** How long it takes at least until all have joined, and the measurement begins. */
export function joinMs({ clients, joinsPerSecond, warmUpMs }: LoadPlan): number {
  return (clients / joinsPerSecond) * 1_000 + warmUpMs;
}
