import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import type { CoreReport } from "../../src/gen/tellurion/v1/core_pb.ts";
import { type ActorDefinition, codecOf, type ErrorCode } from "../../src/runtime/index.ts";
import { encodeInput } from "../../src/runtime/world/bootstrap.ts";
import { catalogueOf } from "../../src/runtime/world/catalogue.ts";
import { InlineWorld, type InlineWorldOptions } from "../../src/runtime/world/inline-world.ts";
import { bindKinds } from "../../src/runtime/world/kinds.ts";
import { defaultLimits, type WorldLimits } from "../../src/runtime/world/limits.ts";
import type { RestoredWorld } from "../../src/runtime/world/restored-world.ts";
import { readSnapshot } from "../../src/runtime/world/restored-world.ts";
import { showHash } from "../../src/runtime/world/state-hash.ts";
import { ActSchema, type CounterState } from "../gen/tellurion/test/v1/chaos_pb.ts";

type Options = Partial<Omit<InlineWorldOptions, "limits" | "catalogue" | "kinds" | "sinks">> & {
  readonly limits?: Partial<WorldLimits>;
};

/** An InlineWorld, and what it told the outside. */
export class InlineRun {
  readonly world: InlineWorld;
  /** Asked for since the last look: `address id`. */
  readonly effects: { readonly address: string; readonly id: number }[] = [];
  readonly replies: {
    readonly frame: number;
    readonly call: number;
    readonly error: ErrorCode | undefined;
  }[] = [];
  /** Dead letters, as `target type reason`, with the type's short name. */
  readonly letters: string[] = [];
  readonly log: string[] = [];

  constructor(actors: readonly ActorDefinition[], options: Options = {}) {
    const catalogue = catalogueOf(actors);
    const { limits, ...more } = options;
    this.world = new InlineWorld({
      ...{ seed: 1, tickHz: 60, workers: 1, shuffleEveryFrames: 0, checks: true },
      ...more,
      limits: { ...defaultLimits, outputRingBytes: 4_194_304, ...limits },
      catalogue,
      kinds: bindKinds(actors, catalogue),
      sinks: {
        events: () => {},
        reply: (frame, call, error) => this.replies.push({ frame, call, error }),
        effect: (_, id, __, { address }) => this.effects.push({ address, id }),
        report: (_, report) => this.#note(report),
      },
    });
  }

  get hash(): string {
    return showHash(this.world.hash());
  }

  /** What a CounterState of an actor has seen. Undefined when it is not active. */
  seenBy(address: string): readonly string[] | undefined {
    return this.stateOf<CounterState>(address)?.seen;
  }

  stateOf<State>(address: string): State | undefined {
    const actor = this.world.conductor.registry.at(address);
    return actor && (this.world.coreOf(actor.number).cellAt(actor.number)?.state as State);
  }

  #note({ body }: CoreReport): void {
    if (body.case === "log") this.log.push(body.value.text);
    if (body.case !== "deadLetter") return;
    const { target, type, reason } = body.value;
    this.letters.push(`${target} ${type.replace(/^.*[.]/, "")} ${reason}`);
  }
}

/** A whole snapshot of a world. */
export function snapshotOf({ world }: InlineRun): Uint8Array {
  return Buffer.concat(world.snapshotParts());
}

/** What a world of these actors goes on from. */
export function read(snapshot: Uint8Array, actors: readonly ActorDefinition[]): RestoredWorld {
  return readSnapshot(snapshot, catalogueOf(actors));
}

/** An input: a message from outside, or the outcome of an effect. */
export function input<Desc extends DescMessage>(
  address: string,
  type: Desc,
  message: MessageInitShape<Desc>,
  effect = 0,
): Uint8Array {
  const payload = codecOf(type).toBytes(message);
  return encodeInput({
    address,
    what: { case: "message", value: type.typeName },
    payload,
    effect,
  });
}

/** An input that tells a scripted actor to do something. */
export function order(address: string, what: string, target = ""): Uint8Array {
  return input(address, ActSchema, { what, target });
}
