import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { within } from "./within.ts";

/** A process starts slowly on a machine that has much else to do. */
export const startMsMax = 30_000;

const processes: ChildProcessWithoutNullStreams[] = [];
/** Ends all of them. */
export function stopRuns(): void {
  for (const child of processes.splice(0)) child.kill("SIGKILL");
}

/** A script in a process of its own, as npm runs it. */
export class Run {
  readonly child: ChildProcessWithoutNullStreams;
  out = "";
  errors = "";

  constructor(script: string, ...args: string[]) {
    this.child = spawn(process.execPath, [script, ...args]);
    processes.push(this.child);
    this.child.stdout.on("data", (data) => {
      this.out += data;
    });
    this.child.stderr.on("data", (data) => {
      this.errors += data;
    });
  }

  get exit(): Promise<number | null> {
    const { child } = this;
    if (child.exitCode !== null) return Promise.resolve(child.exitCode);
    return within("the exit", once(child, "close"), startMsMax).then(([code]) => code);
  }

  async url(): Promise<string> {
    for (;;) {
      const found = /ws:\/\/\S+/.exec(this.out);
      if (found) return found[0];
      await within("the start-up text", once(this.child.stdout, "data"), startMsMax);
    }
  }
}
