import { EffectFailedSchema } from "../../gen/tellurion/v1/actor_pb.ts";
import type { EffectRequest } from "../../gen/tellurion/v1/core_pb.ts";
import { codecOf } from "../codec/index.ts";
import type { EffectDefinition } from "../effects/effect.ts";
import type { EffectOutcome } from "../effects/effect-queue.ts";
import {
  type EffectCounters,
  EffectRunner,
  type EffectRunnerOptions,
} from "../effects/effect-runner.ts";
import { encodeInput } from "./bootstrap.ts";
import type { CommitGate } from "./commit-gate.ts";

/** An effect that is being done: whose it is. */
interface Asked {
  readonly address: string;
  readonly frame: number;
  /** As its actor counts them. */
  readonly id: number;
  readonly type: string;
}

export interface EffectDeskParts {
  readonly definitions: readonly EffectDefinition[];
  readonly gate: CommitGate;
  /** Hands an input to the world, now or when there is room. */
  readonly put: (input: Uint8Array) => void;
  /** For tests in virtual time, and for effects that look into the world. */
  readonly runner?: Pick<EffectRunnerOptions, "clock" | "random" | "branch">;
}

const failedCodec = codecOf(EffectFailedSchema);

/**
 * Has effects done when the frame that asked for them is on the disk, and brings what comes of them back into the world.
 * An effect's id names it in all of the world's runs: whoever does it can tell that it has done it before.
 */
export class EffectDesk {
  readonly #parts: EffectDeskParts;
  readonly #runner: EffectRunner;
  readonly #asked = new Map<string, Asked>();

  constructor(parts: EffectDeskParts) {
    this.#parts = parts;
    this.#runner = new EffectRunner(parts.definitions, {
      ...parts.runner,
      onSettled: (id, outcome) => this.#settle(id, outcome),
    });
  }

  get counters(): EffectCounters {
    return this.#runner.counters;
  }

  /** Takes an effect out of the world. `world` is the id that the world's file was given when it began. */
  ask(world: string, frame: number, id: number, type: string, request: EffectRequest): void {
    const { address, payload } = request;
    const name = `${world}:${frame}:${address}:${id}`;
    this.#parts.gate.hold(frame, () => {
      // The world was restored while it is being done: its outcome is still to come.
      if (this.#asked.has(name)) return;
      this.#asked.set(name, { address, frame, id, type });
      this.#runner.issue({ id: name, type, payload });
    });
  }

  stop(): Promise<void> {
    return this.#runner.stop();
  }

  #settle(name: string, outcome: EffectOutcome): void {
    const asked = this.#asked.get(name);
    if (asked === undefined) return;
    this.#asked.delete(name);
    const { address, id } = asked;
    const effectFrame = BigInt(asked.frame);
    const message = outcome.ok ? outcome : failureOf(asked, outcome);
    const what = { case: "message", value: message.type } as const;
    const { payload } = message;
    this.#parts.put(encodeInput({ address, what, payload, effect: id, effectFrame }));
  }
}

function failureOf(
  { id, type }: Asked,
  { code, text }: Extract<EffectOutcome, { ok: false }>,
): { type: string; payload: Uint8Array } {
  const payload = failedCodec.toBytes({ effect: id, type, code, text });
  return { type: EffectFailedSchema.typeName, payload };
}
