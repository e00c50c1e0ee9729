import type { EffectDefinition } from "../../src/runtime/effects/effect.ts";
import { defineEffect } from "../../src/runtime/effects/effect.ts";
import { Rejection } from "../../src/runtime/errors.ts";
import { VoucherMadeSchema, VoucherWantedSchema } from "../gen/tellurion/test/v1/simulation_pb.ts";
import type { Chance } from "./chance.ts";
import type { Findings } from "./findings.ts";
import type { SimulatedClock } from "./simulated-clock.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";

/** Small, so that a world settles soon. */
const effectLimits = {
  attemptsMax: 4,
  backOffMs: 20,
  backOffMsMax: 100,
  breakerFailures: 5,
  breakerOpenMs: 100,
  timeoutMs: 150,
  concurrencyMax: 4,
};

/** The outside, which outlives all processes, and knows an effect by its id. */
export class Outside {
  /** Many attempts fail, are refused or not answered. */
  isFailing = false;
  /** By effect id. */
  readonly #requests = new Map<string, string>();
  readonly #chance: Chance;
  readonly #disk: SimulatedDisk;
  readonly #findings: Findings;

  constructor(chance: Chance, disk: SimulatedDisk, findings: Findings) {
    this.#chance = chance;
    this.#disk = disk;
    this.#findings = findings;
  }

  /** The effect by which one process reaches it. */
  voucher(clock: SimulatedClock): EffectDefinition {
    return defineEffect({
      ...effectLimits,
      request: VoucherWantedSchema,
      result: VoucherMadeSchema,
      run: ({ id }, call) => {
        this.#note(call.id, id);
        const { promise, resolve, reject } = Promise.withResolvers<{ id: string }>();
        const fate = this.isFailing ? this.#chance.next() : 1;
        const delayMs = fate < 0.2 ? 500 : this.#chance.between(0, 80);
        clock.after(delayMs, () => {
          if (fate < 0.3) reject(new Rejection("FAILED_PRECONDITION", `no voucher for ${id}`));
          else if (fate < 0.6) reject(new Error("the outside failed"));
          else resolve({ id });
        });
        return promise;
      },
    });
  }

  #note(effect: string, request: string): void {
    const known = this.#requests.get(effect);
    if (known !== undefined && known !== request) {
      this.#findings.add("one effect, one request", `${effect} asked ${known}, then ${request}`);
    }
    this.#requests.set(effect, request);
    const frame = Number(effect.split(":")[1]);
    const { reached } = this.#disk.store;
    if (frame > reached) {
      const text = `${effect} was issued while the disk had frames up to ${reached}`;
      this.#findings.add("effects after their commit", text);
    }
  }
}
