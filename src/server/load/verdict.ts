import { TellurionError } from "../../runtime/index.ts";
import type { LoadResult } from "./run.ts";

const cpuShareMax = 0.8;
const loopDelayP99MsMax = 20;
const latenessP99MsMax = 20;
/** Of clients whose connection broke, and of calls that failed: from so much on a run shows a server that was not well. */
const failedShareMin = 0.01;

/** Throws LOAD_NOT_VALID for a run whose numbers say nothing of a server that does its work. */
export function checkValid(result: LoadResult): void {
  const reasons = invalidReasons(result);
  if (reasons.length > 0) throw new TellurionError("LOAD_NOT_VALID", reasons.join("; "));
}

/** Why a run's numbers say nothing of a server that does its work. None: they are valid. */
export function invalidReasons({ plan, measures, threads }: LoadResult): string[] {
  const reasons: string[] = [];
  const { joined, cuts, calls } = measures.counters;
  if (joined < plan.clients) reasons.push(`${joined} of ${plan.clients} clients joined`);
  if (cuts > 0 && cuts >= failedShareMin * joined) {
    reasons.push(`${cuts} connections of ${joined} clients broke`);
  }
  const failed = [...measures.callErrors.values()].reduce((sum, count) => sum + count, 0);
  if (failed > 0 && failed >= failedShareMin * calls) {
    reasons.push(`${failed} calls failed, of ${calls}`);
  }
  const cpuShare = Math.max(...threads.map((thread) => thread.cpuShare));
  if (cpuShare > cpuShareMax) {
    reasons.push(
      `a thread of the tool used ${percent(cpuShare)} of a core, more than ${percent(cpuShareMax)}: ` +
        "give it more threads, or another machine",
    );
  }
  const delay = Math.max(...threads.map((thread) => thread.loopDelayP99Ms));
  if (delay > loopDelayP99MsMax) {
    reasons.push(
      `a thread of the tool was held up by ${delay.toFixed(1)} ms (p99), more than ${loopDelayP99MsMax} ms`,
    );
  }
  const lateness = measures.lateness.percentileMs(99);
  if (lateness > latenessP99MsMax) {
    reasons.push(
      `calls were made ${lateness.toFixed(1)} ms late (p99), more than ${latenessP99MsMax} ms`,
    );
  }
  const measuredMs = Math.min(...threads.map((thread) => thread.measuredMs));
  if (measuredMs < plan.seconds * 1_000 * 0.9) {
    reasons.push(`${(measuredMs / 1_000).toFixed(1)} s of ${plan.seconds} s were measured`);
  }
  return reasons;
}

/** What a valid run did not measure, though its clients asked for it. */
export function omissions({ plan, measures }: LoadResult): string[] {
  if (plan.profile === "idle" || measures.counters.areaUpdates > 0) return [];
  return ["no updates of areas came: nothing moved where the clients looked"];
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
