import { ask } from "../child.ts";
import type { ExchangeAnswer, ExchangeRequest } from "../peers/exchange/exchange.ts";
import { check, type Effort } from "../table.ts";

/** What a framework's process answers to one of the things it can be asked for. */
export async function askFramework(
  peer: "nact" | "comedy",
  what: ExchangeRequest["what"],
  { warmMs, measureMs }: Effort,
  args: readonly string[] = [],
): Promise<ExchangeAnswer> {
  const request: ExchangeRequest = { what, warmMs, measureMs: Math.max(measureMs, 100) };
  const module = new URL(`../peers/exchange/${peer}.ts`, import.meta.url);
  const answer = await ask<ExchangeAnswer>(module, request, [], args);
  check(answer.us.length > 0, "nothing was done");
  return answer;
}
