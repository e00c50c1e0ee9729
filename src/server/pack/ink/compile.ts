import type { Faults } from "../faults.ts";
import type { PackFile } from "../pack-file.ts";
import { inkCompiler, type Story } from "./inkjs.ts";
import { visitsBound } from "./visits-bound.ts";

/** Doubt about a line of an ink story. Line 0: about the story as a whole. */
export interface Doubt {
  readonly line: number;
  readonly text: string;
}

/** An ink story, ready to be walked through. */
export interface CompiledStory {
  readonly story: Story;
  readonly doubts: readonly Doubt[];
  /** Visits of the same part that it may tell apart, at most. */
  readonly visitsMax: number;
}

/** What the compiler's messages look like: `ERROR: 'gate.ink' line 3: Expected …`. */
const messagePattern = /^(?:RUNTIME )?[A-Z]+: (?:'[^']*' )?line (\d+): (.*)$/s;
const includePattern = /^[ \t]*INCLUDE\b/m;
const externalPattern = /^[ \t]*EXTERNAL\b/m;

/** Compiles a story. Notes its errors with their lines, and then gives nothing. */
export async function compileInk(
  file: PackFile,
  faults: Faults,
): Promise<CompiledStory | undefined> {
  const before = faults.count;
  noteForbidden(file, includePattern, "INCLUDE is not valid; valid is one file per story", faults);
  noteForbidden(file, externalPattern, "EXTERNAL is not valid: nothing answers it", faults);
  if (faults.count > before) return undefined;
  const doubts: Doubt[] = [];
  const note = (message: string, severity: number) => {
    const [, line = "0", text = message] = messagePattern.exec(message) ?? [];
    if (severity !== errorSeverity) doubts.push({ line: Number(line), text });
    else faults.add({ file: file.path, line: Number(line), column: 1, text: `ink: ${text}` });
  };
  const story = await compiled(file, note);
  if (story === undefined && faults.count === before) {
    faults.say(file, "", "ink: the story cannot be compiled");
  }
  return story && { story, doubts, visitsMax: visitsBound(file.text) };
}

const errorSeverity = 2;

async function compiled(
  { text }: PackFile,
  note: (message: string, severity: number) => void,
): Promise<Story | undefined> {
  const { Compiler, CompilerOptions } = await inkCompiler();
  let hasFailed = false;
  const options = new CompilerOptions(null, [], false, (message, severity) => {
    hasFailed ||= severity === errorSeverity;
    note(message, severity);
  });
  try {
    const story = new Compiler(text, options).Compile();
    return hasFailed ? undefined : story;
  } catch (error) {
    if (!hasFailed) note(error instanceof Error ? error.message : String(error), errorSeverity);
    return undefined;
  }
}

function noteForbidden(file: PackFile, pattern: RegExp, text: string, faults: Faults): void {
  const at = pattern.exec(file.text);
  if (at === null) return;
  const offset = at.index + at[0].length - at[0].trimStart().length;
  faults.add({ file: file.path, ...file.positionAt(offset), text: `ink: ${text}` });
}
