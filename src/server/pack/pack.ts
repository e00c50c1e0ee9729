import type { Dialogue } from "../../gen/tellurion/v1/story_pb.ts";
import type { Climate } from "../../gen/tellurion/v1/weather_pb.ts";
import type { PackNames } from "./names.ts";
import type { PackFile } from "./pack-file.ts";
import type { Located, Parts } from "./parts.ts";
import type { WorldPlan } from "./world-file.ts";

/** A dialogue, and what of its ink story no way through it leads to. */
export interface PackDialogue extends Located<Dialogue> {
  /** Knots and stitches that are never come to, and the lines on which they begin. */
  readonly unvisited: readonly { readonly name: string; readonly line: number }[];
  /** What the compiler and the walk found doubtful. Line 0: the story as a whole. */
  readonly doubts: readonly { readonly line: number; readonly text: string }[];
}

/** A climate, and the file that it is in. */
export interface PackClimate {
  readonly climate: Climate;
  readonly file: PackFile;
}

/** All that the files of a world pack say, valid in itself. */
export interface Pack {
  readonly plan: WorldPlan;
  readonly climates: ReadonlyMap<string, PackClimate>;
  readonly parts: Parts;
  readonly concepts: readonly string[];
  readonly dialogues: readonly PackDialogue[];
  readonly names: PackNames;
}
