import { codecOf } from "../codec/index.ts";
import type { Branch } from "../world/branch.ts";
import type { BranchSource } from "./branch-source.ts";
import type { Computation } from "./computation.ts";
import type { ComputeReply, ComputeTask } from "./compute-task.ts";
import type { Exploration } from "./exploration.ts";
import { boundText, codeOf, FinalFailure, orFinally, textOf } from "./failure.ts";

interface Exports {
  readonly computation?: unknown;
  readonly exploration?: unknown;
}

/** What each kind of work is done by. */
const runs = { computation: "compute", exploration: "explore" } as const;

/** What a compute thread does with each task. It has no state. */
export async function compute(task: ComputeTask): Promise<ComputeReply> {
  try {
    const exported = await importModule(task.module);
    const { source } = task;
    const work = source ? exported.exploration : exported.computation;
    check(task, source ? "exploration" : "computation", work);
    const request = orFinally(`the request ${task.request} cannot be read`, () =>
      codecOf(work.request).decode(task.payload),
    );
    const result = source
      ? await (work as Exploration).explore(await openBranch(source), request)
      : await (work as Computation).compute(request);
    const payload = orFinally(`what ${task.module} computed is no ${task.result}`, () =>
      codecOf(work.result).toBytes(result),
    );
    return { ok: true, payload };
  } catch (error) {
    return { ok: false, code: codeOf(error), text: boundText(textOf(error)) };
  }
}

/** A thread that only computes has no need of all that a world is made of. */
async function openBranch(source: BranchSource): Promise<Branch> {
  const { Branch } = await import("../world/branch.ts");
  return Branch.open(source);
}

/** Throws INVALID_DEFINITION for a module that exports nothing of the kind, or of other types. */
function check(
  { module, request, result }: ComputeTask,
  kind: "computation" | "exploration",
  work: unknown,
): asserts work is Computation | Exploration {
  const { request: from, result: to } = (work ?? {}) as Partial<Computation>;
  const run = (work as Record<string, unknown> | undefined)?.[runs[kind]];
  // By shape, not by class: this thread and the module may have loaded it from two places.
  if (from?.kind !== "message" || to?.kind !== "message" || typeof run !== "function") {
    const maker = kind === "computation" ? "defineComputation" : "defineExploration";
    const text = `module=${module} exports no ${kind}; valid is one made by ${maker}()`;
    throw new FinalFailure("INVALID_DEFINITION", text);
  }
  if (from.typeName === request && to.typeName === result) return;
  throw new FinalFailure(
    "INVALID_DEFINITION",
    `module=${module} computes ${to.typeName} from ${from.typeName}; the effect needs ${result} from ${request}`,
  );
}

async function importModule(module: string): Promise<Exports> {
  try {
    return await import(module);
  } catch (cause) {
    const text = `module=${module} cannot be loaded: ${textOf(cause)}`;
    throw new FinalFailure("INVALID_DEFINITION", text, { cause });
  }
}
