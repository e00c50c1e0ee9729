import { once } from "node:events";
import { TellurionError } from "../runtime/index.ts";
import { runCommandLine } from "./commands/index.ts";
import { Interruption, untilInterrupted } from "./interrupts.ts";

const exitCodes = { done: 0, failed: 1, misused: 2 } as const;

// Whoever read what is printed, like `head`, has enough of it.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(exitCodes.done);
});

try {
  const { stdout } = process;
  const drained = async () => {
    if (stdout.writableNeedDrain) await once(stdout, "drain");
  };
  const terminal = { print: console.log, drained, interrupted: untilInterrupted() };
  await runCommandLine(process.argv.slice(2), terminal);
  process.exit(exitCodes.done);
} catch (error) {
  if (error instanceof Interruption) process.exit(error.exitCode);
  if (!(error instanceof TellurionError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exit(error.code === "INVALID_OPTION" ? exitCodes.misused : exitCodes.failed);
}
