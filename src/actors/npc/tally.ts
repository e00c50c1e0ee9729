import { NpcReason } from "../../gen/tellurion/v1/npc_pb.ts";

/** What speaks for and against one thing that an NPC may do. Used over and over. */
export class Tally {
  score = 0;
  /** What speaks for it most, habit apart. */
  reason: NpcReason = NpcReason.UNSPECIFIED;
  /** Why it cannot be done. Empty: it can. */
  impossible = "";
  /** Filled when somebody wants to know. */
  parts: { reason: NpcReason; value: number }[] | undefined = undefined;
  #most = 0;

  begin(parts?: { reason: NpcReason; value: number }[]): void {
    this.score = 0;
    this.reason = NpcReason.CUSTOM;
    this.impossible = "";
    this.parts = parts;
    this.#most = 0;
  }

  add(reason: NpcReason, value: number): void {
    if (value === 0) return;
    this.score += value;
    if (value > this.#most && reason !== NpcReason.INERTIA) {
      this.#most = value;
      this.reason = reason;
    }
    this.parts?.push({ reason, value });
  }
}
