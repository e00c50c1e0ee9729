import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { within } from "../../test/support/within.ts";

const ledgerServer = new URL("./server.ts", import.meta.url);
const cacheFolder = fileURLToPath(new URL("../../node_modules/.cache/node", import.meta.url));
const startMsMax = 30_000;
const stopMsMax = 10_000;

export interface ServedFile {
  readonly file: string;
  readonly seed: number;
  readonly workers: number;
  /** The largest file that the process may write, in KB, as on a disk that is full. POSIX systems only. */
  readonly fileKbMax?: number;
  /** Serves a world: `node SCRIPT FILE SEED WORKERS`. Undefined: the ledger world. */
  readonly script?: URL;
}

/** A server in a process of its own. */
export class ServerProcess {
  /** What it wrote to its log. */
  log = "";
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #exit: Promise<number | null>;

  constructor({ file, seed, workers, fileKbMax, script = ledgerServer }: ServedFile) {
    const node = [process.execPath, fileURLToPath(script), file, `${seed}`, `${workers}`] as const;
    // The limit is a soft one, which can be raised while the process runs. Its unit is 512 bytes.
    const limited = `ulimit -S -f ${(fileKbMax ?? 0) * 2}; exec "$0" "$@"`;
    const [command, ...args] = fileKbMax === undefined ? node : ["sh", "-c", limited, ...node];
    this.#child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_COMPILE_CACHE: cacheFolder },
    });
    this.#exit = once(this.#child, "close").then(([code]) => code as number | null);
    this.#child.stderr.on("data", (data) => {
      this.log += data;
    });
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error("the server could not be started");
    return pid;
  }

  /** Its address, as soon as it can be called. Rejects when it ends before. */
  async ready(): Promise<string> {
    const line = once(this.#child.stdout, "data").then(([data]) => String(data).trim());
    const ended = this.#exit.then((code) => {
      throw new Error(`the server ended with ${code} before it was ready:\n${this.log}`);
    });
    return within("the server", Promise.race([line, ended]), startMsMax);
  }

  /** Ends it as a power failure would: it hears nothing of it. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exit;
  }

  /** Ends it in an orderly way. Rejects when it does not end well. */
  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    const code = await within("the server's end", this.#exit, stopMsMax);
    if (code !== 0) throw new Error(`the server ended with ${code}:\n${this.log}`);
  }
}
