import { TellurionError } from "../errors.ts";

/** Whether the present thread is inside a handler. Set by the core around every handler. */
export const handlerScope: { active: string | undefined } = { active: undefined };

/** What only the outside world may use: each gives another answer in another run. */
const trappedGlobals = [
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "fetch",
] as const;
const trappedMethods = [
  ["Math", Math, "random", "ctx.random"],
  ["Date", Date, "now", "ctx.now"],
  ["Temporal.Now", Temporal.Now, "instant", "ctx.now"],
  ["Temporal.Now", Temporal.Now, "plainDateISO", "ctx.now"],
  ["Temporal.Now", Temporal.Now, "plainDateTimeISO", "ctx.now"],
  ["Temporal.Now", Temporal.Now, "plainTimeISO", "ctx.now"],
  ["Temporal.Now", Temporal.Now, "zonedDateTimeISO", "ctx.now"],
  ["Temporal.Now", Temporal.Now, "timeZoneId", "ctx.now"],
  ["performance", performance, "now", "ctx.now"],
  ["performance", performance, "mark", "ctx.now"],
  ["performance", performance, "measure", "ctx.now"],
  ["performance", performance, "toJSON", "ctx.now"],
  ["crypto", crypto, "randomUUID", "ctx.random"],
  ["crypto", crypto, "getRandomValues", "ctx.random"],
  ["process.hrtime", process.hrtime, "bigint", "ctx.now"],
  ["process", process, "hrtime", "ctx.now"],
  ["process", process, "nextTick", "ctx.schedule"],
  ["process", process, "cpuUsage", "nothing"],
  ["process", process, "memoryUsage", "nothing"],
  ["process", process, "resourceUsage", "nothing"],
  ["process", process, "uptime", "ctx.now"],
  ["process", process, "exit", "ctx.stop"],
  ["process", process, "abort", "ctx.stop"],
  ["process", process, "kill", "ctx.stop"],
  ["process", process, "getBuiltinModule", "nothing: actors do no I/O"],
  ["Atomics", Atomics, "waitAsync", "ctx.schedule"],
  ["Array", Array, "fromAsync", "ctx.send"],
] as const;
const trappedConstructors = [
  ["Date", "ctx.now"],
  ["Promise", "ctx.send and a handler for what comes back"],
  ["WeakRef", "nothing: garbage collection differs between runs"],
  ["FinalizationRegistry", "nothing: garbage collection differs between runs"],
  ["WebSocket", "an effect at the edge"],
] as const;

let installed = false;

/**
 * Makes Date, Math.random, timers, promises and the like throw FORBIDDEN_IN_ACTOR when a handler uses them. Outside
 * of handlers they stay what they are, so the runtime and a test around a world can go on using them. `async`
 * functions do not go through the global Promise: the core refuses a handler that returns one.
 */
export function installTraps(): void {
  if (installed) return;
  installed = true;
  for (const name of trappedGlobals) {
    trap(globalThis as unknown as Record<string, unknown>, name, name, "ctx.schedule or ctx.send");
  }
  for (const [ownerName, owner, method, instead] of trappedMethods) {
    const name = `${ownerName}.${method}`;
    trap(owner as unknown as Record<string, unknown>, method, name, instead);
  }
  for (const [name, instead] of trappedConstructors) trapConstructor(name, instead);
}

/**
 * Takes WebSocket away from a thread, before `installTraps`. Node loads what is behind it when it is first looked at:
 * to trap it would cost each worker 30 ms of its start, and nobody there may use it.
 */
export function withholdWebSocket(): void {
  // Only `delete` leaves it alone: to define it anew looks at it too.
  Reflect.deleteProperty(globalThis, "WebSocket");
  const get = (): undefined => refuse("WebSocket", "an effect at the edge");
  Object.defineProperty(globalThis, "WebSocket", { get, configurable: true });
}

function refuse(name: string, instead: string): undefined {
  if (handlerScope.active === undefined) return;
  throw new TellurionError(
    "FORBIDDEN_IN_ACTOR",
    `${name} was used by ${handlerScope.active}: actors are deterministic; use ${instead} instead`,
  );
}

function trap(
  owner: Record<string, unknown>,
  property: string,
  name: string,
  instead: string,
): void {
  const original = owner[property] as (...args: unknown[]) => unknown;
  if (typeof original !== "function") return;
  const trapped = function (this: unknown, ...args: unknown[]): unknown {
    refuse(name, instead);
    return original.apply(this, args);
  };
  Object.assign(trapped, original);
  Object.defineProperty(owner, property, { value: trapped, writable: true, configurable: true });
}

function trapConstructor(name: string, instead: string): void {
  const owner = globalThis as unknown as Record<string, unknown>;
  const original = owner[name] as (new (...args: unknown[]) => object) | undefined;
  if (original === undefined) return;
  const trapped: typeof original = new Proxy(original, {
    apply(target, self, args) {
      refuse(name, instead);
      return Reflect.apply(target as never, self, args);
    },
    construct(target, args, newTarget): object {
      refuse(name, instead);
      return Reflect.construct(target, args, newTarget === trapped ? target : newTarget);
    },
  });
  Object.defineProperty(owner, name, { value: trapped, writable: true, configurable: true });
}
