import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Says where the time of one event goes: runs a row of the frames table under the engine's profiler, and adds up the
 * samples of all workers by step and by function. `node bench/profile.ts [WORKERS [PAYLOAD]]`
 */
interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** The first step that a function's name and place fit. Code that was generated has a name and no file. */
const steps: readonly (readonly [string, RegExp])[] = [
  ["waiting for the others", /barrier[.]ts/],
  ["collecting garbage", /^[(]garbage collector/],
  ["the benchmark's own handlers", /(events|payloads|actors)[.]ts/],
  ["encoding", /text-writer[.]ts|write[.]ts|^(encode|sizeBound|writeUnknown) :/],
  ["sending: finding lane and type, header", /outgoing|handler-context|lane|directory|memory[.]ts/],
  ["delivering: into mailboxes", /mailboxes|actor-set|listeners/],
  ["running handlers: turn, commit, counters", /turn|cell|metrics|core|worker-loop|traps[.]ts/],
  ["reading: view and fields", /text-reader|wire|decoder[.]ts| :\d+$/],
  ["everything else", /./],
];

/** Not work: no frame has begun, or the thread is not there yet. */
const resting = /^([(]idle[)]|[(]program[)]|sleep|wait) |control-block/;
const functionsShown = 30;
const intervalUs = 200;

async function run(workers: number, payload: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tellurion-profile-"));
  const script = fileURLToPath(new URL("./frames/profiled.ts", import.meta.url));
  const flags = ["--cpu-prof", `--cpu-prof-interval=${intervalUs}`, `--cpu-prof-dir=${folder}`];
  const child = fork(script, [`${workers}`, payload], { execArgv: flags });
  const [[events]] = await Promise.all([once(child, "message"), once(child, "exit")]);
  const times = new Map<string, number>();
  for (const file of await readdir(folder)) {
    const profile = JSON.parse(await readFile(join(folder, file), "utf8")) as Profile;
    if (isWorker(profile)) addTimes(profile, times);
  }
  await rm(folder, { recursive: true });
  print(workers, events as number, times);
}

function isWorker({ nodes }: Profile): boolean {
  return nodes.some(({ callFrame }) => callFrame.url.endsWith("/worker-loop.ts"));
}

/** Adds the time spent in each function itself, in the second half: by then everything is compiled. */
function addTimes({ nodes, samples, timeDeltas }: Profile, times: Map<string, number>): void {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || "(anonymous)"} ${url.split("/").at(-1)}:${lineNumber + 1}`,
    ]),
  );
  for (let i = samples.length >> 1; i < samples.length; i += 1) {
    const name = names.get(samples[i] as number) ?? "";
    if (resting.test(name)) continue;
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[i] as number));
  }
}

function print(workers: number, events: number, times: ReadonlyMap<string, number>): void {
  const nsPerEvent = (1e9 / 60 / events) * workers;
  const head = `${Math.round(events)} events/frame under the profiler`;
  console.log(`${workers} workers, ${head}: ${Math.round(nsPerEvent)} ns of a thread for each`);
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  const line = (name: string, time: number): string => {
    const share = time / total;
    const ns = (share * nsPerEvent).toFixed(1);
    return `${ns.padStart(8)} ns${(share * 100).toFixed(1).padStart(7)} %  ${name}`;
  };
  const byStep = new Map<string, number>(steps.map(([step]) => [step, 0]));
  for (const [name, time] of times) {
    const step = steps.find(([, functions]) => functions.test(name))?.[0] ?? "";
    byStep.set(step, (byStep.get(step) ?? 0) + time);
  }
  console.log("\nby step");
  for (const [step, time] of byStep) console.log(line(step, time));
  console.log("\nby function");
  const sorted = [...times].toSorted(([, a], [, b]) => b - a).slice(0, functionsShown);
  for (const [name, time] of sorted) console.log(line(name, time));
}

await run(Number(process.argv[2] ?? 1), process.argv[3] ?? "weather");
