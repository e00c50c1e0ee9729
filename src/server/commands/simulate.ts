import { type SimulationResult, simulate } from "../../runtime/host.ts";
import { aborted } from "../interrupts.ts";
import { defineCommand } from "./command.ts";
import { flag, integer } from "./options.ts";
import { readWorld, worldOptions } from "./world-options.ts";

/** Runs a world without clients, as fast as it goes, and says what came of it. */
export const simulateCommand = defineCommand({
  name: "simulate",
  about: "runs a world as fast as it goes, keeps nothing, and prints what came of it",
  options: {
    frames: integer("N", "frames to run", { default: 3_600, min: 1, max: 1_000_000_000 }),
    ...worldOptions,
    json: flag("prints one JSON object"),
  },
  async run(options, { print, interrupted }) {
    const running = simulate(await readWorld(options), options.frames);
    const result = await Promise.race([running, aborted(interrupted)]);
    // The threads of a world that still runs end with the process.
    if (!result) throw interrupted.reason;
    print(options.json ? JSON.stringify(result) : readable(result));
  },
});

function readable(result: SimulationResult): string {
  const count = (value: number) => value.toLocaleString("en").padStart(15);
  const types = Object.entries(result.eventsByType).sort(([, a], [, b]) => b - a);
  return [
    `frames        ${count(result.frames)}`,
    `events        ${count(result.events)}`,
    ...types.map(([type, events]) => `              ${count(events)}  ${type}`),
    `handled       ${count(result.handled)}`,
    `dead letters  ${count(result.deadLetters)}`,
    `wall time     ${count(Math.round(result.wallMs))} ms`,
    `hash          ${result.hash}`,
  ].join("\n");
}
