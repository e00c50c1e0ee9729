import { join } from "node:path";
import { startWorld } from "../../src/runtime/host.ts";
import { LedgerService } from "../../test/gen/tellurion/test/v1/ledger_pb.ts";
import { bootstrap } from "../../test/support/ledger-world.ts";
import { check, type Effort } from "../table.ts";
import { call } from "../world-calls.ts";
import { inFolder } from "./folder.ts";
import { accountOf, writeWorldFile } from "./world-file.ts";

const inputsMax = 1_000_000;
const recordsPerFrame = 400;

/** Opens a world whose last snapshot is a million inputs ago, in ms until it can be called. */
export async function measureOpening({ scale }: Effort): Promise<readonly number[]> {
  const recordFrames = Math.ceil((inputsMax * scale) / recordsPerFrame);
  return await inFolder(async (folder) => {
    const file = join(folder, "world.db");
    const actorsModule = new URL("./actors.ts", import.meta.url);
    const world = { name: "ledger", seed: 1, workers: 2, tickHz: 60, actorsModule, bootstrap };
    writeWorldFile(file, { world, frames: recordFrames + 1, recordsPerFrame });
    const began = performance.now();
    const opened = await startWorld({ ...world, file });
    const ms = performance.now() - began;
    try {
      const account = accountOf(0);
      // Behind all the others: its total tells whether they are all there.
      const { record } = LedgerService.method;
      const { total } = await call(opened, account, record, { account, id: "last", amount: 1n });
      let expected = 1n;
      for (let n = 0; n < recordsPerFrame; n += 1) {
        if (accountOf(n) === account) expected += BigInt(recordFrames);
      }
      check(total === expected, `${account} has ${total} records, not ${expected}`);
    } finally {
      await opened.stop();
    }
    return [ms];
  });
}
