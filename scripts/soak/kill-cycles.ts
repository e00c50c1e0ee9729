import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SeededRandom, seedRandom } from "../../src/runtime/actor/random.ts";
import { replay } from "../../src/runtime/host.ts";
import { JournalStore } from "../../src/runtime/journal/journal-store.ts";
import { Book } from "./book.ts";
import { Client, readAccounts, record } from "./client.ts";
import { type ServedFile, ServerProcess } from "./server-process.ts";
import { ledgerWorld } from "./world.ts";

const clientCount = 8;
/** When the server is killed, in ms after it can be called. */
const killMs = { min: 20, max: 400 } as const;
/** One in so many restarts is killed too, while it takes the world up; so long after the process began, in ms. */
const killedStarts = 8;
const killedStartMsMax = 400;
/** Commands with keys that are asked again after a restart. */
const askedAgain = 8;
const problemsShownMax = 10;
const workers = { soak: 2, replay: [1, 3] } as const;

export interface KillCycles {
  readonly cycles: number;
  readonly seed: number;
  readonly print: (line: string) => void;
}

export interface KillResult {
  readonly passed: number;
  readonly failed: number;
  /** Commands that were acknowledged. */
  readonly acknowledged: number;
}

/**
 * Kills a server under load again and again, and looks each time whether what was acknowledged is there, once. In the
 * end the whole journal is run again without a disturbance: that must come to the same world. The first start is a check,
 * each cycle is one, and so is the end.
 */
export async function runKillCycles({ cycles, seed, print }: KillCycles): Promise<KillResult> {
  const folder = await mkdtemp(join(tmpdir(), "tellurion-soak-"));
  const soak = new Soak({ file: join(folder, "world.db"), seed, workers: workers.soak });
  const tally = new Tally(print);
  const began = performance.now();
  try {
    let alive = await tally.count("the first start", () => soak.start());
    for (let cycle = 1; alive && cycle <= cycles; cycle += 1) {
      alive = await tally.count(`cycle ${cycle}`, () => soak.cycle());
      if (cycle % 20 !== 0 && cycle !== cycles) continue;
      const perMinute = (cycle * 60_000) / (performance.now() - began);
      const { acknowledged, sent } = soak.book;
      const commands = `${acknowledged} of ${sent} commands acknowledged`;
      print(`${cycle} of ${cycles} cycles, ${perMinute.toFixed(0)} a minute; ${commands}`);
    }
    if (alive) await tally.count("the replay", () => soak.end(print));
  } finally {
    await soak.kill();
    if (tally.failed === 0) await rm(folder, { recursive: true });
    else print(`the world's files are kept in ${folder}`);
  }
  const { passed, failed } = tally;
  return { passed, failed, acknowledged: soak.book.acknowledged };
}

/** Counts checks. */
class Tally {
  passed = 0;
  failed = 0;
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** Makes a check, which returns what is wrong. False when it could not be made: then there is no going on. */
  async count(what: string, check: () => Promise<readonly string[]>): Promise<boolean> {
    let problems: readonly string[];
    let made = true;
    try {
      problems = await check();
    } catch (error) {
      problems = [error instanceof Error ? error.message : String(error)];
      made = false;
    }
    if (problems.length === 0) this.passed += 1;
    else this.failed += 1;
    for (const problem of problems.slice(0, problemsShownMax)) {
      this.#print(`FAILED: ${what}: ${problem}`);
    }
    return made;
  }
}

/** One world's file, the server that has it open, and the clients. */
class Soak {
  readonly book = new Book();
  readonly #served: ServedFile;
  readonly #random: SeededRandom;
  readonly #clients: readonly Client[];
  #server: ServerProcess;
  #url = "";

  constructor(served: ServedFile) {
    this.#served = served;
    this.#random = chanceOf(served.seed, "kills");
    const names = Array.from({ length: clientCount }, (_, i) => `client${i}`);
    this.#clients = names.map((name) => {
      return new Client(name, this.book, chanceOf(served.seed, name));
    });
    this.#server = new ServerProcess(served);
  }

  async start(): Promise<string[]> {
    this.#url = await this.#server.ready();
    return this.book.problemsOf(await readAccounts(this.#url));
  }

  /** Loads the server, kills it, starts it again, and returns what is wrong then. */
  async cycle(): Promise<string[]> {
    const server = this.#server;
    const loads = this.#clients.map((client) => client.load(this.#url));
    await delay(killMs.min + this.#random.integer(killMs.max - killMs.min + 1));
    await server.kill();
    const refused = (await Promise.all(loads)).flat();
    if (this.#random.integer(killedStarts) === 0) {
      const short = new ServerProcess(this.#served);
      await delay(this.#random.integer(killedStartMsMax));
      await short.kill();
    }
    this.#server = new ServerProcess(this.#served);
    const problems = await this.start();
    return [...refused, ...problems, ...(await this.#askAgain())];
  }

  /**
   * Stops in an orderly way, and returns in what an undisturbed run with the same inputs comes to another world: each
   * snapshot that the killed one has made is compared, and so is its last state, which is one of them.
   */
  async end(print: (line: string) => void): Promise<string[]> {
    await this.#server.stop();
    const { file, seed } = this.#served;
    const { actorsModule } = ledgerWorld(file, seed, workers.soak);
    const store = JournalStore.openReadOnly(file);
    const { reached } = store;
    const last = store.snapshotFrames().at(-1);
    store.close();
    const problems = last === reached ? [] : [`it stopped in frame ${reached} without a snapshot`];
    const hashes: string[] = [];
    for (const count of workers.replay) {
      try {
        const run = await replay({ file, actorsModule, workers: count, verify: true });
        const { from, to, timesRealTime, snapshotsVerified: verified, hash } = run;
        const speed = `${timesRealTime.toFixed(0)} x real time with ${count} workers`;
        print(
          `replayed frames ${from + 1} to ${to}, ${speed}: ${verified} snapshots, hash ${hash}`,
        );
        hashes.push(`${from} ${hash}`);
      } catch (error) {
        problems.push(String(error));
      }
    }
    const [first, second] = hashes;
    if (first !== second) problems.push(`the replays came to ${hashes.join(" and ")}`);
    return problems;
  }

  kill(): Promise<void> {
    return this.#server.kill();
  }

  /** Sends some commands again that were acknowledged: they must be answered as they were. */
  async #askAgain(): Promise<string[]> {
    const { keyed } = this.book;
    const some = Array.from({ length: Math.min(askedAgain, keyed.length) }, () => {
      return keyed[this.#random.integer(keyed.length)];
    });
    const problems = some.map(async (asked) => {
      if (asked === undefined) return [];
      const again = await record(this.#url, asked.command);
      if (again?.text === asked.answer) return [];
      return [`${asked.command.id} was answered ${asked.answer}, and then ${again?.text}`];
    });
    return (await Promise.all(problems)).flat();
  }
}

function chanceOf(seed: number, whose: string): SeededRandom {
  const random = new SeededRandom();
  random.point(seedRandom(seed, whose));
  return random;
}
