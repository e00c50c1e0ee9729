import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { FullDiskReport } from "../support/full-disk-world.ts";

const script = fileURLToPath(new URL("../support/full-disk-world.ts", import.meta.url));
/** Little enough to be used up soon. Its unit is 512 bytes. */
const blocksMax = 2_048;
const runMsMax = 60_000;
/** The world runs 120 frames in a second, and each has events. */
const framesLeast = 30;

test.skipIf(process.platform !== "linux")(
  "a worker that is lost while the disk is full costs what the disk did not take, once, and the world goes on",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "tellurion-full-disk-"));
    try {
      const limited = `ulimit -S -f ${blocksMax}; exec "$0" "$@"`;
      const args = ["-c", limited, process.execPath, script, join(folder, "world.db")];
      const { stdout } = await promisify(execFile)("sh", args, { timeout: runMsMax });
      const report: FullDiskReport = JSON.parse(stdout);
      expect(report.problem).toMatch(/takes no writes/);
      expect(report.answered).toBeGreaterThan(10);
      // Handed over again, it would cost the world another worker, and another, until it is given up.
      expect(report.stuck).toBe("MESSAGE_QUARANTINED");
      expect(report.losses).toBe(1);
      // Listeners are told what is run anew, and hear of it at once: not as many frames later as the disk was out.
      expect(report.rewinds.length).toBeLessThanOrEqual(1);
      expect(report.heardAfter).toBeGreaterThan(framesLeast);
      expect(report.fresh).toBe("7");
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
