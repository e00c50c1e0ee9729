import { codecOf } from "../../src/runtime/codec/index.ts";
import { TellurionError } from "../../src/runtime/errors.ts";
import type { MethodEntry } from "../../src/runtime/world/catalogue.ts";
import {
  DepositRequestSchema,
  DepositResponseSchema,
  Trouble,
  VaultService,
} from "../gen/tellurion/test/v1/simulation_pb.ts";
import type { Chance } from "./chance.ts";
import type { Findings } from "./findings.ts";
import type { Plan } from "./plan.ts";
import type { SimulatedServer } from "./simulated-server.ts";
import { catalogue } from "./workload.ts";

/** No call ends by the wall clock: clients have patience of their own. */
const timeoutMs = 2_000_000_000;
/** Commands at once that are too many for a vault's mailbox. */
const burst = 24;
const patienceTicks = { least: 5, most: 60 };

const requestCodec = codecOf(DepositRequestSchema);
const responseCodec = codecOf(DepositResponseSchema);
const deposit = methodOf("Deposit");
const toss = methodOf("Toss");
const getVault = methodOf("GetVault");

/** A command, from its first attempt to its outcome. */
interface Order {
  readonly id: string;
  readonly vault: string;
  /** Idempotency key, or nothing. */
  readonly key: string;
  readonly method: MethodEntry;
  readonly request: Uint8Array;
  /** `resting` is to be asked again; `over` is not. */
  state: "resting" | "waiting" | "over";
  /** Ticks until it is asked again, or given up. */
  left: number;
  outcome: string | undefined;
}

/** What was acknowledged: a command that must not be lost any more. */
export interface Acknowledged {
  readonly vault: string;
  readonly id: string;
  readonly frame: number;
}

export interface ClientParts {
  readonly name: string;
  readonly plan: Plan;
  readonly chance: Chance;
  readonly findings: Findings;
  readonly onAcknowledged: (what: Acknowledged) => void;
}

/** Sends commands, asks again under the same key when it hears nothing, and compares what it hears. */
export class Client {
  readonly #parts: ClientParts;
  readonly #orders: Order[] = [];
  /** Connections so far: what comes over an earlier one is not heard. */
  #connection = 0;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /** Orders whose outcome it still waits for. */
  get waiting(): string[] {
    const open = this.#orders.filter(({ state }) => state !== "over");
    return open.map(({ id, key, state }) => `${id} (${state}${key && `, key ${key}`})`);
  }

  /** What it does in one tick. `mayOrder`: it may send new commands, and give up old ones. */
  act(server: SimulatedServer, mayOrder: boolean): void {
    const { plan, chance } = this.#parts;
    for (const order of this.#orders) this.#wait(order, server, mayOrder);
    if (!mayOrder) return;
    const isBurst = plan.faults.has("full mailboxes") && chance.happens(0.03);
    for (let rate = isBurst ? burst : plan.callsPerTick; rate > 0; rate -= 1) {
      if (chance.happens(rate)) this.#ask(this.#newOrder(), server);
    }
    if (chance.happens(0.05)) this.#query(server);
    if (chance.happens(0.05)) this.#askAnew(server);
  }

  /** The process is gone, and with it what it had to say. */
  loseConnection(): void {
    this.#connection += 1;
    for (const order of this.#orders) {
      if (order.state !== "waiting") continue;
      order.state = order.key === "" ? "over" : "resting";
      order.left = this.#parts.chance.between(0, 10);
    }
  }

  #wait(order: Order, server: SimulatedServer, mayGiveUp: boolean): void {
    if (order.state === "over") return;
    order.left -= 1;
    if (order.left > 0) return;
    if (order.state === "resting" || order.key !== "") this.#ask(order, server);
    else if (mayGiveUp) order.state = "over";
  }

  #newOrder(): Order {
    const { plan, chance, name } = this.#parts;
    const id = `${name}-${this.#orders.length}`;
    const vault = `v${chance.between(1, plan.vaults)}`;
    const hasPadding = plan.faults.has("a small journal") && chance.happens(0.5);
    const padding = new Uint8Array(hasPadding ? 1_000 : 0);
    const order: Order = {
      ...{ id, vault, key: chance.happens(plan.keyedShare) ? `key-${id}` : "" },
      method: chance.happens(0.7) ? deposit : toss,
      request: requestCodec.toBytes({ vault, id, trouble: this.#trouble(), padding }),
      ...{ state: "resting", left: 0, outcome: undefined },
    };
    this.#orders.push(order);
    return order;
  }

  #trouble(): Trouble {
    const { plan, chance } = this.#parts;
    const troubles = [Trouble.UNSPECIFIED, Trouble.UNSPECIFIED, Trouble.STIR, Trouble.VOUCHER];
    if (chance.happens(0.1)) return Trouble.REJECT;
    if (plan.faults.has("failing handlers") && chance.happens(0.2)) return Trouble.THROW;
    if (plan.faults.has("stuck handlers") && chance.happens(0.06)) return Trouble.STICK;
    return chance.pick(troubles);
  }

  #ask(order: Order, server: SimulatedServer): void {
    const { least, most } = patienceTicks;
    const connection = this.#connection;
    order.state = "waiting";
    order.left = this.#parts.chance.between(least, most);
    server
      .call(order.method, order.vault, order.request, { timeoutMs, idempotencyKey: order.key })
      .then(
        (response) => connection === this.#connection && this.#answered(order, response),
        (error) => connection === this.#connection && this.#refused(order, error),
      );
  }

  /** Asks again for something that has its outcome, or under its key for something else. */
  #askAnew(server: SimulatedServer): void {
    const { chance, findings } = this.#parts;
    const settled = this.#orders.filter(({ key, outcome }) => key !== "" && outcome !== undefined);
    if (settled.length === 0) return;
    const order = chance.pick(settled);
    if (chance.happens(0.7)) {
      this.#ask(order, server);
      return;
    }
    const connection = this.#connection;
    const request = requestCodec.toBytes({ vault: order.vault, id: `${order.id}-other` });
    const options = { timeoutMs, idempotencyKey: order.key };
    server.call(order.method, order.vault, request, options).then(
      () => {
        if (connection !== this.#connection) return;
        findings.add("one key, one outcome", `${order.key} was answered for another request`);
      },
      () => {},
    );
  }

  #query(server: SimulatedServer): void {
    const vault = `v${this.#parts.chance.between(1, this.#parts.plan.vaults)}`;
    server.call(getVault, vault, requestCodec.toBytes({ vault }), { timeoutMs }).catch(() => {});
  }

  #answered(order: Order, response: Uint8Array): void {
    const { findings, onAcknowledged } = this.#parts;
    const { id, place, frame } = responseCodec.decode(response);
    if (id !== order.id) {
      findings.add("one key, one outcome", `${order.id} got the answer to ${id}`);
    }
    this.#settle(order, `place ${place} in frame ${frame}`);
    if (order.method === deposit || order.key !== "") {
      onAcknowledged({ vault: order.vault, id: order.id, frame: Number(frame) });
    }
  }

  #refused(order: Order, error: unknown): void {
    if (!(error instanceof TellurionError)) throw error;
    if (isNotTaken(error)) {
      if (order.state === "over") return;
      order.state = order.key === "" || order.outcome !== undefined ? "over" : "resting";
      order.left = this.#parts.chance.between(1, 20);
    } else {
      this.#settle(order, `${error.code}: ${error.message}`);
    }
  }

  #settle(order: Order, outcome: string): void {
    order.state = "over";
    if (order.outcome !== undefined && order.outcome !== outcome) {
      const text = `${order.id} under key "${order.key}" was ${order.outcome}, then ${outcome}`;
      this.#parts.findings.add("one key, one outcome", text);
    }
    order.outcome = outcome;
  }
}

/** The command was not taken: nothing has come of it. */
function isNotTaken({ code, message }: TellurionError): boolean {
  if (code === "RESOURCE_EXHAUSTED") return message.startsWith("the call was not taken");
  return code === "WORLD_NOT_DURABLE" || code === "WORLD_STOPPED";
}

function methodOf(name: string): MethodEntry {
  const entry = catalogue.methodByName(`${VaultService.typeName}/${name}`);
  if (entry === undefined) throw new Error(`assertion failed: no method ${name}`);
  return entry;
}
