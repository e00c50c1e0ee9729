import { execFileSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { basename } from "node:path";
import { TellurionError } from "../errors.ts";

/** The lowest of the real-time priorities: before every thread that has none. */
const priority = "1";
/** How long the system's tool may take, in ms. */
const toolMsMax = 2_000;
let isTaken = false;

/**
 * Lets the calling thread run whenever it has something to do, before all threads without a real-time priority, those of
 * other processes included; the kernel keeps a twentieth of each second for these. Throws INVALID_OPTION where the system
 * cannot do that, or does not allow it.
 */
export function takeRealtime(tool = "chrt"): void {
  if (isTaken) return;
  try {
    // Node cannot say which thread it is, and sets no more than niceness, which does not help a thread that was asleep.
    const thread = basename(readlinkSync("/proc/thread-self"));
    execFileSync(tool, ["-r", "-p", priority, thread], { stdio: "pipe", timeout: toolMsMax });
  } catch (error) {
    const { stderr, message } = error as { readonly stderr?: Buffer; readonly message: string };
    const reason = stderr?.toString().trim() || message;
    throw new TellurionError(
      "INVALID_OPTION",
      `realtime=true, but a worker gets no real-time priority: ${reason}; ` +
        "valid on Linux, with util-linux, for a process with CAP_SYS_NICE or an rtprio limit of 1",
    );
  }
  isTaken = true;
}
