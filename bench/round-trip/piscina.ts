import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { check, type Effort } from "../table.ts";
import type { Samples } from "./exchange.ts";

const asksFull = 30_000;

/** A task that does nothing but answer, on the one thread of a pool. */
export async function measurePiscina({ scale }: Effort): Promise<Samples> {
  const asks = asksFull * scale;
  const filename = fileURLToPath(new URL("./piscina-task.ts", import.meta.url));
  const pool = new Piscina({ filename, name: "answer", minThreads: 1, maxThreads: 1 });
  const samples: number[] = [];
  for (let number = 1; number <= asks; number += 1) {
    const askedAtMs = performance.now();
    const answer: unknown = await pool.run(number);
    // As in the other rows, the first half is for the compilers.
    if (number > asks / 2) samples.push((performance.now() - askedAtMs) * 1_000);
    check(answer === -number, `answer ${answer} to question ${number}`);
  }
  await pool.destroy();
  return samples;
}
