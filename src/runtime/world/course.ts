import { FrameInputsSchema } from "../../gen/tellurion/v1/core_pb.ts";
import { codecOf } from "../codec/index.ts";
import type { TakenInputs } from "../journal/frame-ring.ts";
import { type PackedHistory, PackedReader } from "../journal/packed-history.ts";

/** What has arrived for a frame: Input messages, in their order. */
export interface ArrivedInputs {
  readonly all: Uint8Array[];
  /** Those of them that are journalled: a query changes nothing. */
  readonly recorded: Uint8Array[];
  /** One of them has an idempotency key. */
  readonly keyed: boolean;
}

export const nothingArrived: ArrivedInputs = { all: [], recorded: [], keyed: false };

/** What a frame begins with. */
export interface FramePlan {
  readonly frame: number;
  /** Input messages. */
  readonly inputs: readonly Uint8Array[];
  readonly checkpoint: boolean;
}

/** Takes what a frame takes from outside, before the frame runs. */
export type RecordFrame = (frame: number, taken: TakenInputs, keyed: boolean) => void;

const frameCodec = codecOf(FrameInputsSchema);

/**
 * The course of a world: what each frame takes from outside. First comes what the history says, then the bootstrap if
 * the world is new, then what arrives; that is recorded before the frame runs, so that it can be run again.
 */
export class Course {
  /** The last frame that was planned. */
  frame: number;
  /** The last frame that is run again. 0: none. */
  readonly replayedThrough: number;
  readonly #history: PackedReader | undefined;
  readonly #bootstrap: readonly Uint8Array[];
  readonly #record: RecordFrame | undefined;

  constructor(
    history: PackedHistory | undefined,
    bootstrap: readonly Uint8Array[],
    record: RecordFrame | undefined,
  ) {
    this.frame = history?.snapshotFrame ?? 0;
    this.replayedThrough = history?.reached ?? 0;
    this.#history = history && new PackedReader(history.inputs);
    this.#bootstrap = bootstrap;
    this.#record = record;
  }

  /** The next frame is one that has been run before. */
  get isReplaying(): boolean {
    return this.frame < this.replayedThrough;
  }

  /** Plans the next frame. Neither what arrives nor `checkpoint` is asked for while the world is replayed. */
  next(arrived: () => ArrivedInputs, checkpoint: boolean): FramePlan {
    if (this.isReplaying) return this.#replay();
    const frame = this.frame + 1;
    const { all, recorded, keyed } = frame === 1 ? this.#begin() : arrived();
    if (this.#record && (recorded.length > 0 || checkpoint)) {
      this.#record(frame, { inputs: recorded, checkpoint }, keyed);
    }
    this.frame = frame;
    return { frame, inputs: all, checkpoint };
  }

  #begin(): ArrivedInputs {
    const inputs = [...this.#bootstrap];
    return { all: inputs, recorded: inputs, keyed: false };
  }

  #replay(): FramePlan {
    const frame = this.frame + 1;
    const [row] = this.#history?.take(frame) ?? [];
    this.frame = frame;
    if (row === undefined) return { frame, inputs: [], checkpoint: false };
    const { inputs, checkpoint } = frameCodec.decode(row);
    return { frame, inputs, checkpoint };
  }
}
