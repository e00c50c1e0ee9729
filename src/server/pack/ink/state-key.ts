/** Turns since something, beyond which they are not told apart: a loop must come to an end. */
const turnsMax = 16;

interface Thread {
  readonly callstack: unknown;
}

/** A state as ink saves it, as far as it is read here. */
interface SavedState {
  readonly flows: Readonly<Record<string, SavedFlow>>;
  readonly currentFlowName: string;
  readonly variablesState: unknown;
  readonly evalStack: unknown;
  readonly visitCounts: Readonly<Record<string, number>>;
  readonly turnIndices: Readonly<Record<string, number>>;
  readonly turnIdx: number;
}

interface SavedFlow {
  readonly callstack: { readonly threads: readonly Thread[] };
  readonly choiceThreads?: Readonly<Record<string, Thread>>;
  readonly currentChoices: readonly SavedChoice[];
}

interface SavedChoice {
  readonly text: string;
  readonly targetPath: string;
  readonly tags?: readonly string[];
}

/**
 * What a story's further course follows from, as a text: two states with the same one are one node.
 * Numbers that only count on, of threads, turns and draws, are left out, and visits beyond `visitsMax`.
 */
export function stateKey(json: string, visitsMax: number): string {
  const state = JSON.parse(json) as SavedState;
  const visits = Object.entries(state.visitCounts).map(([path, count]) => [
    path,
    Math.min(count, visitsMax),
  ]);
  const turns = Object.entries(state.turnIndices).map(([path, turn]) => [
    path,
    Math.min(state.turnIdx - turn, turnsMax),
  ]);
  const flows = Object.entries(state.flows).map(([name, flow]) => [
    name,
    flow.callstack.threads.map(({ callstack }) => callstack),
    Object.values(flow.choiceThreads ?? {}).map(({ callstack }) => callstack),
    flow.currentChoices.map(({ text, targetPath, tags }) => [text, targetPath, tags]),
  ]);
  const { currentFlowName, variablesState, evalStack } = state;
  return JSON.stringify([
    ...[currentFlowName, variablesState, evalStack, flows],
    ...[visits.sort(byPath), turns.sort(byPath)],
  ]);
}

function byPath([a = ""]: readonly unknown[], [b = ""]: readonly unknown[]): number {
  return String(a) < String(b) ? -1 : 1;
}
