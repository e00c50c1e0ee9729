import type { SessionReport } from "./session.ts";

/**
 * The bands that a session has to stay in: of its players, the mean distance between intensity and target, the share of
 * minutes in which a beat was overdue, and the least number of beats.
 */
export const bands = {
  meanPacingError: 0.2,
  pacingError: 0.35,
  starvedShare: 0.25,
  overloadShare: 0.15,
  beatsLeast: 3,
} as const;

export interface SessionsReport {
  readonly sessions: number;
  readonly score: number;
  readonly pacingError: number;
  readonly pacingErrorWorst: number;
  readonly starvedShare: number;
  readonly overloadShare: number;
  readonly beats: number;
  readonly lookAheads: number;
  readonly questsOffered: number;
  readonly generated: number;
  /** What was out of its band, with the seed that repeats it. */
  readonly broken: readonly string[];
}

export function reportOf(sessions: readonly SessionReport[]): SessionsReport {
  const all = (values: (report: SessionReport) => readonly number[]) => sessions.flatMap(values);
  const pacingErrors = all((one) => one.pacingErrors);
  const broken = sessions.flatMap((session) =>
    faultsOf(session).map((fault) => `seed ${session.seed}: ${fault}`),
  );
  const pacingError = mean(pacingErrors);
  if (pacingError > bands.meanPacingError) broken.push(`mean pacing error ${pacingError}`);
  return {
    sessions: sessions.length,
    score: mean(all((one) => one.scores)),
    pacingError,
    pacingErrorWorst: Math.max(...pacingErrors),
    starvedShare: mean(all((one) => one.starvedShares)),
    overloadShare: mean(all((one) => one.overloadShares)),
    beats: mean(all((one) => one.beats)),
    lookAheads: sessions.reduce((sum, one) => sum + one.lookAheads, 0),
    questsOffered: sessions.reduce((sum, one) => sum + one.questsOffered, 0),
    generated: sessions.reduce((sum, one) => sum + one.generated, 0),
    broken,
  };
}

function faultsOf(session: SessionReport): string[] {
  const most = (values: readonly number[]) => Math.max(...values);
  const faults: string[] = [];
  const say = (isBroken: boolean, text: string) => {
    if (isBroken) faults.push(text);
  };
  say(most(session.pacingErrors) > bands.pacingError, `pacing error ${session.pacingErrors}`);
  say(most(session.starvedShares) > bands.starvedShare, `starved for ${session.starvedShares}`);
  say(most(session.overloadShares) > bands.overloadShare, `overload ${session.overloadShares}`);
  say(Math.min(...session.beats) < bands.beatsLeast, `beats ${session.beats}`);
  say(session.doubleRewards > 0, `${session.doubleRewards} rewards came twice`);
  say(session.unsolvable.length > 0, `cannot be done: ${session.unsolvable}`);
  say(session.deadLetters > 0, `${session.deadLetters} dead letters`);
  return faults;
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
