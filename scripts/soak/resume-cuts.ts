import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SeededRandom, seedRandom } from "../../src/runtime/actor/random.ts";
import { within } from "../../test/support/within.ts";
import { ResumingClient } from "./resuming-client.ts";
import { type ServedFile, ServerProcess } from "./server-process.ts";

const clientCount = 20;
const workers = 2;
/** Time between two cuts, in ms: less than a welcome takes, now and then. */
const cutMsMax = 12;
const hitMs = 3;
const connectMsMax = 30_000;
const triesMax = 1_000;
const problemsShownMax = 10;
const region = { beat: "one", hits: "hits" } as const;

export interface ResumeCuts {
  readonly cuts: number;
  /** Restarts of the server, evenly among the cuts: every other one is a kill. */
  readonly restarts: number;
  readonly seed: number;
  readonly print: (line: string) => void;
}

export interface ResumeResult {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Cuts sockets of clients at random, and restarts the whole server in between, by a kill or in an orderly way. Every
 * client must hear each reliable event once. Each cut is a check, each restart is one, and so is each client's end.
 */
export async function runResumeCuts(options: ResumeCuts): Promise<ResumeResult> {
  const folder = await mkdtemp(join(tmpdir(), "tellurion-resume-"));
  const script = new URL("./resume-server.ts", import.meta.url);
  const served = { file: join(folder, "world.db"), seed: options.seed, workers, script };
  const run = new Run(served, options);
  try {
    return await run.all();
  } finally {
    await run.end();
    await rm(folder, { recursive: true });
  }
}

class Run {
  readonly #served: ServedFile;
  readonly #options: ResumeCuts;
  readonly #random = new SeededRandom();
  readonly #clients = Array.from({ length: clientCount }, (_, i) => new ResumingClient(`c${i}`));
  #server: ServerProcess;
  #url = "";
  #passed = 0;
  #failed = 0;
  #restartMsMost = 0;

  constructor(served: ServedFile, options: ResumeCuts) {
    this.#served = served;
    this.#options = options;
    this.#random.point(seedRandom(options.seed, "cuts"));
    this.#server = new ServerProcess(served);
  }

  async all(): Promise<ResumeResult> {
    const { cuts, restarts, print } = this.#options;
    this.#url = await this.#server.ready();
    await Promise.all(this.#clients.map((client) => this.#connect(client)));
    const hits = setInterval(() => this.#pick().hit(), hitMs);
    const every = Math.ceil(cuts / (restarts + 1));
    for (let cut = 1; cut <= cuts; cut += 1) {
      await this.#cut();
      if (cut % every !== 0 || cut === cuts) continue;
      await this.#restart(cut / every);
      print(
        `${cut} of ${cuts} cuts, ${cut / every} of ${restarts} restarts: ${this.#failed} failed`,
      );
    }
    await this.#settle();
    clearInterval(hits);
    const awayMs = Math.max(...this.#clients.map(({ awayMsMost }) => awayMsMost));
    const last = this.#clients[0]?.last;
    print(
      `${last?.get(region.beat)} and ${last?.get(region.hits)} reliable events of two topics, ` +
        `${clientCount} clients; away for ${awayMs.toFixed(0)} ms at most, ` +
        `restarts took ${this.#restartMsMost.toFixed(0)} ms at most`,
    );
    return { passed: this.#passed, failed: this.#failed };
  }

  async end(): Promise<void> {
    for (const client of this.#clients) client.cut();
    await this.#server.kill();
  }

  async #cut(): Promise<void> {
    await delay(this.#random.integer(cutMsMax));
    const client = this.#pick();
    client.cut();
    // Sometimes the next connection is cut too, before anybody has said much.
    if (this.#random.integer(4) === 0) {
      void client.connect(this.#url);
      await delay(this.#random.integer(4));
      client.cut();
    }
    await this.#connect(client);
    this.#count(client.name, client.problems);
  }

  async #restart(number: number): Promise<void> {
    const began = performance.now();
    if (number % 2 === 1) await this.#server.kill();
    else await this.#server.stop();
    for (const client of this.#clients) client.cut();
    // What the server said as it stopped is no problem of the clients.
    for (const { problems } of this.#clients) removeStops(problems);
    this.#server = new ServerProcess(this.#served);
    this.#url = await this.#server.ready();
    this.#restartMsMost = Math.max(this.#restartMsMost, performance.now() - began);
    await Promise.all(this.#clients.map((client) => this.#connect(client)));
    this.#count(
      `restart ${number}`,
      this.#clients.flatMap(({ problems }) => problems),
    );
  }

  /** Waits until all have heard of the same event, which happens now. */
  async #settle(): Promise<void> {
    const furthest = Math.max(...this.#clients.map(({ last }) => last.get(region.beat) ?? 0)) + 120;
    const hits = Math.max(...this.#clients.map(({ last }) => last.get(region.hits) ?? 0));
    for (const client of this.#clients) {
      const hasAll = () =>
        (client.last.get(region.beat) ?? 0) >= furthest &&
        (client.last.get(region.hits) ?? 0) >= hits;
      await within(`the last events of ${client.name}`, client.until(hasAll), connectMsMax);
      this.#count(`the end of ${client.name}`, client.problems);
    }
  }

  async #connect(client: ResumingClient): Promise<void> {
    for (let tries = 0; tries < triesMax; tries += 1) {
      const welcomed = client.connect(this.#url);
      if (await within(`${client.name}'s welcome`, welcomed, connectMsMax)) return;
    }
    throw new Error(`${client.name} does not get in`);
  }

  #pick(): ResumingClient {
    return this.#clients[this.#random.integer(clientCount)] as ResumingClient;
  }

  #count(what: string, problems: string[]): void {
    if (problems.length === 0) this.#passed += 1;
    else this.#failed += 1;
    for (const problem of problems.splice(0).slice(0, problemsShownMax)) {
      this.#options.print(`FAILED: ${what}: ${problem}`);
    }
  }
}

function removeStops(problems: string[]): void {
  const others = problems.filter((problem) => !problem.startsWith("WORLD_STOPPED"));
  problems.splice(0, problems.length, ...others);
}
