import { execFileSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { basename } from "node:path";
import { TellurionError } from "../errors.ts";

/** The lowest of the real-time priorities: before every thread that has none. */
const priority = "1";
/** How long the system's tool may take, in ms. */
const toolMsMax = 10_000;
/** A thread may run one world after another. */
let isTaken = false;

/**
 * Lets the calling thread run whenever it has something to do, before all threads without a real-time priority, those of
 * other processes included; Linux keeps a twentieth of each second for these, unless it is told otherwise. Throws
 * INVALID_OPTION where the system cannot do that, or does not allow it.
 */
export function takeRealtime(tool = "chrt"): void {
  if (isTaken) return;
  try {
    // -R: threads that this one begins are of no such priority; among them may be those that all of Node shares.
    // Node cannot say which thread it is, and sets no more than niceness, which does not help a thread that was asleep.
    const thread = basename(readlinkSync("/proc/thread-self"));
    execFileSync(tool, ["-R", "-r", "-p", priority, thread], { stdio: "pipe", timeout: toolMsMax });
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
