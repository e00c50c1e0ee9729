import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Book, type Command } from "../../scripts/soak/book.ts";
import { readAccounts, record } from "../../scripts/soak/client.ts";
import { type ServedFile, ServerProcess } from "../../scripts/soak/server-process.ts";

/** Little enough to be used up soon. */
const fileKbMax = 256;
const commandsMax = 20_000;
let folder: string;
let server: ServerProcess;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tellurion-full-disk-"));
});

afterEach(async () => {
  await server.kill();
  await rm(folder, { recursive: true });
});

async function serve(served: ServedFile): Promise<string> {
  server = new ServerProcess(served);
  return await server.ready();
}

/** Sends commands until one is answered with what is waited for. */
class Sender {
  readonly book = new Book();
  #count = 0;

  async sendUntil(url: string, wanted: RegExp): Promise<string> {
    for (let sent = 0; sent < commandsMax; sent += 1) {
      this.#count += 1;
      const command: Command = { id: `${this.#count}`, account: "a", amount: 1, key: "" };
      this.book.noteSent(command);
      const answer = await record(url, command);
      if (answer === undefined) throw new Error(`the server is gone:\n${server.log}`);
      if (answer.ok) this.book.noteAnswer(command, answer.text);
      if (wanted.test(answer.text)) return answer.text;
    }
    throw new Error(`after ${commandsMax} commands nothing has changed`);
  }
}

test.skipIf(process.platform !== "linux")(
  "on a full disk what must not be lost is refused; what was taken is there, and room makes it well again",
  async () => {
    const file = join(folder, "world.db");
    const served = { file, seed: 1, workers: 1 };
    let url = await serve({ ...served, fileKbMax });
    const sender = new Sender();
    // The one that the disk did not take is not answered: it may still be there when the disk is well again.
    expect(await sender.sendUntil(url, /code/)).toContain("DEADLINE_EXCEEDED");
    expect(await sender.sendUntil(url, /code/)).toMatch(/WORLD_NOT_DURABLE.*takes no writes/);
    // The world runs on, and is asked as ever.
    expect((await readAccounts(url)).get("a")?.entries.length).toBeGreaterThan(0);

    execFileSync("prlimit", ["--pid", `${server.pid}`, "--fsize=unlimited:unlimited"]);
    await sender.sendUntil(url, /total/);
    expect(server.log).toContain("takes writes again");
    await server.kill();

    url = await serve(served);
    expect(sender.book.acknowledged).toBeGreaterThan(10);
    expect(sender.book.problemsOf(await readAccounts(url))).toEqual([]);
  },
);
