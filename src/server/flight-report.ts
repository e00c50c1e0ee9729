import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FlightDump } from "../runtime/host.ts";
import { messageOf } from "./calls.ts";
import type { Log } from "./log.ts";

/** Files that are kept: the newest. */
const filesMax = 20;

/** Tells of what led to trouble in one line of the log, and keeps all of it in a file where there is a folder. */
export class FlightReport {
  readonly #world: string;
  readonly #folder: string | undefined;
  readonly #log: Log;
  #writing: Promise<void> = Promise.resolve();

  constructor(world: string, folder: string | undefined, log: Log) {
    this.#world = world;
    this.#folder = folder;
    this.#log = log;
  }

  note(dump: FlightDump): void {
    const { frame, reason, slowest } = dump;
    const runs = slowest.length > 0 ? `; slowest: ${slowest.join("; ")}` : "";
    const file = this.#folder && join(this.#folder, `${this.#world}-frame-${frame}.txt`);
    this.#log.warn(`frame ${frame}: ${reason}${runs}${file ? `; see ${file}` : ""}`);
    if (file) this.#writing = this.#writing.then(() => this.#write(file, dump));
  }

  /** Resolves when all files are written. */
  settled(): Promise<void> {
    return this.#writing;
  }

  async #write(file: string, { frame, reason, lines }: FlightDump): Promise<void> {
    const folder = join(file, "..");
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(file, `${[`frame ${frame}: ${reason}`, "", ...lines].join("\n")}\n`);
      await this.#thin(folder);
    } catch (error) {
      this.#log.warn(`${file} cannot be written: ${messageOf(error)}`);
    }
  }

  /** Removes this world's oldest files. */
  async #thin(folder: string): Promise<void> {
    const start = `${this.#world}-frame-`;
    const names = (await readdir(folder)).filter((name) => name.startsWith(start));
    const files = names.map(async (name) => {
      const path = join(folder, name);
      return { path, ms: (await stat(path)).mtimeMs };
    });
    const byAge = (await Promise.all(files)).sort((a, b) => b.ms - a.ms);
    for (const { path } of byAge.slice(filesMax)) await rm(path);
  }
}
