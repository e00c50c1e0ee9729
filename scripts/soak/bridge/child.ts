import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { within } from "../../../test/support/within.ts";

const cacheFolder = fileURLToPath(new URL("../../../node_modules/.cache/node", import.meta.url));
const scripts = {
  server: new URL("./server.ts", import.meta.url),
  consumer: new URL("./consumer.ts", import.meta.url),
  emulator: new URL("./emulator.ts", import.meta.url),
};
const startMsMax = 60_000;
const stopMsMax = 180_000;
const logLengthMax = 20_000;

export type Player = keyof typeof scripts;

/** A script of this folder in a process of its own. */
export class Child {
  /** The end of what it wrote to its log. */
  log = "";
  readonly #name: Player;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #exit: Promise<number | null>;
  readonly #line: Promise<string>;

  constructor(name: Player, ...args: readonly string[]) {
    this.#name = name;
    this.#child = spawn(process.execPath, [fileURLToPath(scripts[name]), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_COMPILE_CACHE: cacheFolder },
    });
    this.#exit = once(this.#child, "close").then(([code]) => code as number | null);
    this.#line = once(this.#child.stdout, "data").then(([data]) => String(data).trim());
    this.#child.stderr.on("data", (data) => {
      this.log = (this.log + data).slice(-logLengthMax);
    });
  }

  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Its first line, as soon as it is there. Rejects when it ends before. */
  async ready(): Promise<string> {
    const ended = this.#exit.then((code) => {
      throw new Error(`the ${this.#name} ended with ${code} before it was ready:\n${this.log}`);
    });
    return within(`the ${this.#name}`, Promise.race([this.#line, ended]), startMsMax);
  }

  /** Ends it as a power failure would. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exit;
  }

  /** Ends it in an orderly way, and resolves with its exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill("SIGTERM");
    return within(`the end of the ${this.#name}`, this.#exit, stopMsMax);
  }
}
