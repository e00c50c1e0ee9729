import { type ReplayResult, replay } from "../../runtime/host.ts";
import { aborted } from "../interrupts.ts";
import { defineCommand } from "./command.ts";
import { fileOperand } from "./file-operand.ts";
import { frameOption } from "./frame-option.ts";
import { flag } from "./options.ts";
import { actorsModule, worldOptions } from "./world-options.ts";

/** Runs a world's past again and says whether it comes to the same. */
export const replayCommand = defineCommand({
  name: "replay",
  about: "runs the past of a world again, as fast as it goes, and checks that it comes to the same",
  options: {
    file: fileOperand,
    to: frameOption("the last frame to run (the last one)"),
    workers: worldOptions.workers,
    verify: flag("compares the world with every snapshot on the way too"),
    json: flag("prints one JSON object"),
  },
  async run(options, { print, interrupted }) {
    const running = replay({ ...options, actorsModule });
    const result = await Promise.race([running, aborted(interrupted)]);
    // The threads of a world that still runs end with the process.
    if (!result) throw interrupted.reason;
    print(options.json ? JSON.stringify(result) : readable(result, options.verify));
  },
});

function readable(result: ReplayResult, verify: boolean): string {
  const { identity, from, to, wallMs, timesRealTime, hash, snapshotsVerified } = result;
  const count = (value: number) => value.toLocaleString("en");
  return [
    `world         ${identity.name}, seed ${identity.seed}, ${identity.tickHz} frames a second`,
    `frames        ${count(to - from)}, from ${count(from)} to ${count(to)}`,
    `wall time     ${count(Math.round(wallMs))} ms, ${count(Math.round(timesRealTime))} times real time`,
    `hash          ${hash}`,
    ...(verify ? [`verified      ${count(snapshotsVerified)} snapshots`] : []),
    ...result.problems.map((problem) => `problem       ${problem}`),
    ...result.differences.map((difference) => `differs       ${difference}`),
  ].join("\n");
}
