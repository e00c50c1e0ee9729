import { join } from "node:path";
import { isKey } from "../../../runtime/index.ts";
import type { Faults } from "../faults.ts";
import type { PackDialogue } from "../pack.ts";
import { type PackFile, readText } from "../pack-file.ts";
import { type CompiledStory, compileInk } from "./compile.ts";
import { knotsOf } from "./knots.ts";
import { EndlessStory, walkStory } from "./walk.ts";

const dialoguesMax = 256;

/** Reads the ink stories of a pack. Notes what is wrong with those that it leaves out. */
export async function readDialogues(
  directory: string,
  files: readonly string[],
  faults: Faults,
): Promise<readonly PackDialogue[]> {
  const dialogues: PackDialogue[] = [];
  const stories = files.filter((file) => file.endsWith(".ink"));
  if (stories.length > dialoguesMax) {
    const text = `${stories.length} dialogues are too many; valid are up to ${dialoguesMax}`;
    faults.add({ file: join(directory, "dialogues"), line: 0, column: 0, text });
    return [];
  }
  for (const name of stories) {
    const file = await readText(join(directory, "dialogues", name), faults);
    const dialogue = file && (await readDialogue(name.slice(0, -".ink".length), file, faults));
    if (dialogue) dialogues.push(dialogue);
  }
  return dialogues;
}

async function readDialogue(
  name: string,
  file: PackFile,
  faults: Faults,
): Promise<PackDialogue | undefined> {
  if (!isKey(name)) {
    faults.refuse(file, "", name, "are names of 1 to 64 of a-z, 0-9, _ . : and -");
    return undefined;
  }
  const story = await compileInk(file, faults);
  return story && walked(name, file, story, faults);
}

function walked(
  name: string,
  file: PackFile,
  story: CompiledStory,
  faults: Faults,
): PackDialogue | undefined {
  try {
    const { dialogue, visited, doubts } = walkStory(name, story);
    const unvisited = knotsOf(file.text).filter(
      (knot) => ![...visited].some((path) => `${path}.`.startsWith(`${knot.name}.`)),
    );
    return {
      ...{ value: dialogue, file, path: "" },
      unvisited,
      doubts: [...story.doubts, ...doubts],
    };
  } catch (error) {
    if (!(error instanceof EndlessStory)) throw error;
    faults.say(file, "", `ink: the story ${error.message}`);
    return undefined;
  }
}
