import type { Message } from "@bufbuild/protobuf";
import type { CallOptions, MethodEntry, World } from "../../runtime/host.ts";
import { TellurionError } from "../../runtime/index.ts";
import { actorKey, asTellurionError, callWorld } from "../calls.ts";
import { Doubling } from "../doubling.ts";
import type { Limits } from "../limits.ts";
import type { Log } from "../log.ts";
import { CallRates } from "./call-rates.ts";
import { adminOf, hasScope, type Identity, isPrivileged } from "./identity.ts";

/** What a caller can be refused with as often as it likes, at no cost to it. */
const refusals = new Set(["SCOPE_MISSING", "RATE_LIMITED"]);

/** The way by which all calls from outside reach a world: who calls has to be allowed to, and not too often. */
export class GuardedCalls {
  readonly #world: World;
  readonly #log: Log;
  readonly #rates: CallRates;
  readonly #refused = new Doubling();

  constructor(world: World, limits: Limits, log: Log) {
    this.#world = world;
    this.#log = log;
    this.#rates = new CallRates(limits);
  }

  /** Throws SCOPE_MISSING, RATE_LIMITED, and all that a call can be refused with. `via`: for the log. */
  async call(
    identity: Identity,
    method: MethodEntry,
    request: Message,
    options: CallOptions,
    via: string,
  ): Promise<Uint8Array> {
    const { name } = method;
    const scope = scopeNeeded(identity, method, request);
    // Without keys everybody plays whom they like: nothing about that is worth a line.
    const isAudited = isPrivileged(identity.player === "" ? method.scope : scope);
    if (!isAudited) return this.#call(identity, scope, method, request, options);
    let outcome = "OK";
    try {
      return await this.#call(identity, scope, method, request, options);
    } catch (error) {
      outcome = asTellurionError(error).code;
      throw error;
    } finally {
      this.#audit(outcome, identity.player, `${name} key=${keyShown(method, request)}`, via);
    }
  }

  /** What somebody is refused again and again is told at the first, second, fourth, eighth … time. */
  #audit(outcome: string, player: string, what: string, via: string): void {
    let count = 1;
    if (refusals.has(outcome)) count = this.#refused.count(`${outcome} ${player}`);
    if (count === 0) return;
    const times = count === 1 ? "" : ` (${count} such so far)`;
    const who = JSON.stringify(player);
    this.#log.info(`audit: ${what} player=${who} via=${via} outcome=${outcome}${times}`);
  }

  #call(
    identity: Identity,
    scope: string,
    method: MethodEntry,
    request: Message,
    options: CallOptions,
  ): Promise<Uint8Array> {
    const { name, actor } = method;
    // First of all: who is refused may not ask more often than who is not.
    this.#rates.countPlayer(identity.player);
    if (!hasScope(identity, scope)) {
      const isForOther = scope !== method.scope;
      const who = isForOther ? ` for a player other than ${JSON.stringify(identity.player)}` : "";
      throw new TellurionError(
        "SCOPE_MISSING",
        `${name}${who} needs the scope ${scope}; ` +
          `the token has ${identity.scopes.join(" ") || "none"}`,
      );
    }
    this.#rates.count(name, `${actor}/${actorKey(method, request)}`);
    return callWorld(this.#world, method, request, options);
  }
}

/** What the method needs and, to act or read as another player, the service's `admin`. */
function scopeNeeded({ player }: Identity, { scope, playerField }: MethodEntry, request: Message) {
  if (playerField === undefined) return scope;
  const named = (request as unknown as Record<string, unknown>)[playerField];
  return named === player || named === "" ? scope : adminOf(scope);
}

function keyShown(method: MethodEntry, request: Message): string {
  try {
    return actorKey(method, request);
  } catch {
    return "not valid";
  }
}
