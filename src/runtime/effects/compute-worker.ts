import { codecOf } from "../codec/index.ts";
import type { Computation } from "./computation.ts";
import type { ComputeReply, ComputeTask } from "./compute-task.ts";
import { boundText, codeOf, FinalFailure, orFinally, textOf } from "./failure.ts";

/** What a compute thread does with each task. It has no state. */
export async function compute(task: ComputeTask): Promise<ComputeReply> {
  try {
    const computation = await load(task);
    const request = orFinally(`the request ${task.request} cannot be read`, () =>
      codecOf(computation.request).decode(task.payload),
    );
    const result = await computation.compute(request);
    const payload = orFinally(`what ${task.module} computed is no ${task.result}`, () =>
      codecOf(computation.result).toBytes(result),
    );
    return { ok: true, payload };
  } catch (error) {
    return { ok: false, code: codeOf(error), text: boundText(textOf(error)) };
  }
}

/** The module's computation. Throws INVALID_DEFINITION for a module that has none, or another one. */
async function load({ module, request, result }: ComputeTask): Promise<Computation> {
  const { computation } = await importModule(module);
  if (!isComputation(computation)) {
    const text = `module=${module} exports no computation; valid is one made by defineComputation()`;
    throw new FinalFailure("INVALID_DEFINITION", text);
  }
  const from = computation.request.typeName;
  const to = computation.result.typeName;
  if (from === request && to === result) return computation;
  throw new FinalFailure(
    "INVALID_DEFINITION",
    `module=${module} computes ${to} from ${from}; the effect needs ${result} from ${request}`,
  );
}

async function importModule(module: string): Promise<{ computation?: unknown }> {
  try {
    return await import(module);
  } catch (cause) {
    const text = `module=${module} cannot be loaded: ${textOf(cause)}`;
    throw new FinalFailure("INVALID_DEFINITION", text, { cause });
  }
}

/** By shape, not by class: this thread and the module may have loaded it from two places. */
function isComputation(value: unknown): value is Computation {
  const { request, result, compute } = (value ?? {}) as Partial<Computation>;
  return request?.kind === "message" && result?.kind === "message" && typeof compute === "function";
}
