import { TellurionError } from "../runtime/index.ts";
import { runCommandLine } from "./commands/index.ts";
import { untilInterrupted } from "./interrupts.ts";

const exitCodes = { done: 0, failed: 1, misused: 2 } as const;

try {
  const terminal = { print: console.log, interrupted: untilInterrupted() };
  await runCommandLine(process.argv.slice(2), terminal);
  process.exit(exitCodes.done);
} catch (error) {
  if (!(error instanceof TellurionError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exit(error.code === "INVALID_OPTION" ? exitCodes.misused : exitCodes.failed);
}
