import type {
  DescMessage,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { Address } from "../actor/address.ts";
import { installTraps } from "../actor/traps.ts";
import { codecOf } from "../codec/index.ts";
import type { BranchSource } from "../effects/branch-source.ts";
import { TellurionError } from "../errors.ts";
import type { Journal } from "../journal/journal.ts";
import { encodeInput } from "./bootstrap.ts";
import { Course, nothingArrived } from "./course.ts";
import { InlineWorld, type InlineWorldOptions } from "./inline-world.ts";
import type { WorldLimits } from "./limits.ts";
import { Quarantine } from "./quarantine.ts";
import { readSnapshot } from "./restored-world.ts";
import { showHash } from "./state-hash.ts";
import type { WorldOptions } from "./world.ts";
import { loadParts } from "./world-threads.ts";

/** Frames that a branch may need until no message is on its way in it. A fork begins between two such frames. */
const quietFramesMax = 64;

/** Nobody sends to a branch through rings, or listens to it: large ones would only take memory, for each of them. */
const quietRings = { inputRingBytes: 16_384, outputRingBytes: 262_144 };

/** What all branches of a world have in common. */
export type BranchParts = Pick<
  InlineWorldOptions,
  "catalogue" | "kinds" | "limits" | "seed" | "tickHz"
>;

/**
 * A world that goes on from where another one was, in the calling thread and as fast as it can: whatever happens in it
 * does not happen in the other one. What it publishes is heard by its own actors only, and nobody does its effects.
 */
export class Branch {
  readonly #parts: BranchParts;
  readonly #world: InlineWorld;
  #inputs: Uint8Array[] = [];

  private constructor(parts: BranchParts, world: InlineWorld) {
    this.#parts = parts;
    this.#world = world;
  }

  /** Takes up a world where its history ends. */
  static async open(source: BranchSource): Promise<Branch> {
    const { seed, tickHz, limits, actorsModule, history } = source;
    const options = { name: "branch", seed, tickHz, limits, workers: 1, bootstrap: [] };
    const { catalogue, kinds } = await loadParts({
      ...options,
      actorsModule: new URL(actorsModule),
    });
    installTraps();
    const parts = { catalogue, kinds, limits, seed, tickHz };
    const { snapshot, quarantine, reached } = history;
    const world = createWorld(parts, {
      restored: snapshot && readSnapshot(snapshot, catalogue),
      quarantine: new Quarantine(quarantine),
      replayedThrough: reached,
    });
    const course = new Course(history, [], undefined);
    while (world.frame < reached) {
      const { inputs, checkpoint } = course.next(() => nothingArrived, false);
      runFrame(world, inputs, checkpoint);
    }
    return new Branch(parts, world);
  }

  /** A branch of a world in this thread. Its messages must not be on their way. @internal */
  static of(parts: BranchParts, world: InlineWorld): Branch {
    const body = Buffer.concat(world.snapshotParts());
    return new Branch(parts, createWorld(parts, { restored: readSnapshot(body, parts.catalogue) }));
  }

  /** The last frame that ended. */
  get frame(): number {
    return this.#world.frame;
  }

  get tickHz(): number {
    return this.#parts.tickHz;
  }

  /** State hash: 16 hexadecimal digits. */
  get hash(): string {
    return showHash(this.#world.hash());
  }

  /** Another branch from here on. Runs this one a few frames on when messages are on their way. */
  fork(): Branch {
    for (let frames = 0; !this.#world.quiet || this.#inputs.length > 0; frames += 1) {
      if (frames === quietFramesMax) {
        const text = `messages are on their way after ${quietFramesMax} frames: it cannot be forked`;
        throw new TellurionError("FAILED_PRECONDITION", text);
      }
      this.run(1);
    }
    return Branch.of(this.#parts, this.#world);
  }

  /** Puts a message from outside into the next frame. */
  send<Desc extends DescMessage>(to: Address, type: Desc, message: MessageInitShape<Desc>): void {
    const payload = codecOf(type).toBytes(message);
    const what = { case: "message", value: type.typeName } as const;
    this.#inputs.push(encodeInput({ address: to, what, payload }));
  }

  /** Puts a command into the next frame. Nobody hears its answer. Throws UNKNOWN_TYPE. */
  command<Input extends DescMessage>(
    method: DescMethodUnary<Input>,
    key: string,
    request: MessageInitShape<Input>,
  ): void {
    const name = `${method.parent.typeName}/${method.name}`;
    const entry = this.#parts.catalogue.methodByName(name);
    if (entry === undefined || entry.isQuery) {
      throw new TellurionError("UNKNOWN_TYPE", `${name} is no command of this world`);
    }
    const what = { case: "method", value: name } as const;
    const payload = codecOf(method.input).toBytes(request);
    this.#inputs.push(encodeInput({ address: `${entry.actor}/${key}`, what, payload }));
  }

  /** Runs frames. Throws WORLD_FAILED when a failure escalated to the top. */
  run(frames: number): void {
    for (let i = 0; i < frames; i += 1) {
      const inputs = this.#inputs;
      this.#inputs = [];
      runFrame(this.#world, inputs, false);
    }
  }

  /** An actor's state as it is, to be read and not changed; undefined when it is not active. */
  stateOf<Desc extends DescMessage>(address: Address, _type: Desc): MessageShape<Desc> | undefined {
    const actor = this.#world.conductor.registry.at(address);
    const cell = actor && this.#world.coreOf(actor.number).cellAt(actor.number);
    return cell === undefined || cell.fresh ? undefined : (cell.state as MessageShape<Desc>);
  }
}

/** What a branch of a running world goes on from: what is journalled by now. */
export async function branchSourceOf(
  journal: Journal | undefined,
  { seed, tickHz, actorsModule }: WorldOptions,
  limits: WorldLimits,
): Promise<BranchSource> {
  if (journal === undefined) throw new Error("assertion failed: the journal is not open yet");
  const history = await journal.branch();
  return { seed, tickHz, limits, actorsModule: actorsModule.href, history };
}

function createWorld(parts: BranchParts, more: Partial<InlineWorldOptions>): InlineWorld {
  const ignore = (): void => {};
  const sinks = { events: ignore, reply: ignore, effect: ignore, report: ignore };
  const way = { workers: 1, shuffleEveryFrames: 0, checks: false, callersWait: false };
  const limits = { ...parts.limits, ...quietRings };
  // Nobody looks at a branch from outside. It would pay 8 MB for names, and there are many branches.
  return new InlineWorld({ ...parts, ...way, limits, sinks, namesMax: 0, ...more });
}

function runFrame(world: InlineWorld, inputs: readonly Uint8Array[], checkpoint: boolean): void {
  if (world.runFrame(inputs, checkpoint)) return;
  const text = `the branch stopped in frame ${world.frame + 1}: ${world.conductor.failure}`;
  throw new TellurionError("WORLD_FAILED", text);
}
