import { ActorStoppedSchema, StopReason } from "../../gen/tellurion/v1/actor_pb.ts";
import {
  CoreNoticeSchema,
  type CoreOrder,
  CoreOrderSchema,
  type Input,
  InputSchema,
  type NoticeImage,
  SnapshotSchema,
} from "../../gen/tellurion/v1/core_pb.ts";
import type { Address } from "../actor/address.ts";
import { codecOf } from "../codec/index.ts";
import { forEachRecord, type LaneReader, type LaneWriter } from "../memory/lane.ts";
import {
  extraWord,
  lengthWord,
  recordHeaderBytes,
  recordKind,
  senderWord,
} from "../memory/record.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Kind, Kinds } from "./kinds.ts";
import type { WorldLimits } from "./limits.ts";
import type { WorldMemory } from "./memory.ts";
import type { DeadLetterReason } from "./metrics.ts";
import { appendRecord } from "./outgoing.ts";
import { Placement } from "./placement.ts";
import { type Registered, Registry } from "./registry.ts";
import type { Reports } from "./reports.ts";
import { type RestoredWorld, typeNames } from "./restored-world.ts";
import { hashBytes, type StateHash } from "./state-hash.ts";

export interface ConductorOptions {
  readonly workers: number;
  readonly limits: WorldLimits;
  readonly catalogue: Catalogue;
  readonly kinds: Kinds;
  readonly memory: WorldMemory;
  /** From each worker. */
  readonly notices: readonly LaneReader[];
  /** To all workers. */
  readonly orders: LaneWriter;
  /** To each worker. */
  readonly inputs: readonly LaneWriter[];
  /** Of the worker on which the conductor runs. */
  readonly reports: Reports;
  /** Moves a few actors to random workers every so many frames, to show that it changes nothing. 0: never. */
  readonly shuffleEveryFrames: number;
}

/** A message that goes into the next frame's first round. */
interface Delivery {
  readonly kind: number;
  readonly type: number;
  readonly sender: number;
  readonly target: Registered;
  readonly sequence: number;
  readonly extra: number;
  readonly payload: Uint8Array;
}

const inputCodec = codecOf(InputSchema);
const noticeCodec = codecOf(CoreNoticeSchema);
const orderCodec = codecOf(CoreOrderSchema);
const snapshotCodec = codecOf(SnapshotSchema);
const stoppedCodec = codecOf(ActorStoppedSchema);
const addressesShown = 16;

/**
 * Plans each frame while the workers wait: hears what they noticed in the last one, starts and stops actors, gives
 * numbers and workers, and puts the inputs in their order. All it decides is a function of notices and inputs, taken
 * in an order that does not depend on where actors sit; only the choice of workers is its own.
 */
export class Conductor {
  /** Why the world cannot go on, when a failure escalated to the top. */
  failure: string | undefined = undefined;
  readonly registry: Registry;
  readonly placement: Placement;

  readonly #options: ConductorOptions;
  #deliveries: Delivery[] = [];
  /** Of the frame before the first one, in a world that was restored. */
  #restored: readonly NoticeImage[] = [];
  /** Actors that begin or are to fail in this frame: they cannot move before that is done. */
  readonly #busy = new Set<number>();

  constructor(options: ConductorOptions) {
    this.#options = options;
    this.registry = new Registry(options.kinds, options.limits.actorsMax);
    this.placement = new Placement(options.memory, options.workers, options.shuffleEveryFrames);
  }

  /**
   * Plans a frame from what the last one noticed and from the encoded inputs. `quiet` tells that no message is on
   * its way, so that actors may move. Returns whether some do.
   */
  plan(frame: number, inputs: Iterable<Uint8Array>, quiet: boolean): boolean {
    const { orders, inputs: lanes } = this.#options;
    this.#options.reports.beginFrame(frame);
    orders.begin(0);
    this.#deliveries = [];
    this.#busy.clear();
    this.registry.beginFrame();
    for (const notice of this.#notices()) this.#hear(notice);
    this.#restored = [];
    for (const input of inputs) this.#take(inputCodec.decode(input));
    const moves = quiet ? this.#move(frame) : false;
    for (const lane of lanes) lane.begin(0);
    this.#deliver();
    for (const lane of lanes) lane.publish();
    orders.publish();
    return moves;
  }

  /** Hash of what the conductor itself remembers. */
  hash(): StateHash {
    return hashBytes(this.registry.encode());
  }

  /** Takes up a stored world and places its actors. Once, before the workers do. */
  restore({ registry, notices }: RestoredWorld): void {
    this.registry.restore(registry);
    for (const actor of this.registry.all()) actor.worker = this.placement.add(actor);
    this.#restored = notices;
  }

  /** The conductor's part of a Snapshot: all but the actors. Between the end of a frame and the plan of the next. */
  encodeImage(frame: number): Uint8Array<ArrayBuffer> {
    return snapshotCodec.toBytes({
      frame: BigInt(frame),
      registry: this.registry.image(),
      types: typeNames(this.#options.catalogue),
      notices: this.#notices(),
    });
  }

  /** Notices of the last frame by round, sender, and the order in which the sender made them. */
  #notices(): NoticeImage[] {
    const notices: NoticeImage[] = [...this.#restored];
    for (const reader of this.#options.notices) {
      reader.begin(0);
      forEachRecord(reader, ({ bytes, words }, at) => {
        const word = at >> 2;
        const start = at + recordHeaderBytes;
        const notice = bytes.slice(start, start + (words[word + lengthWord] as number));
        const sender = words[word + senderWord] as number;
        notices.push({ round: words[word + extraWord] as number, sender, notice } as NoticeImage);
      });
    }
    return notices.sort((a, b) => a.round - b.round || a.sender - b.sender);
  }

  #hear({ sender, notice }: NoticeImage): void {
    const { body } = noticeCodec.decode(notice);
    switch (body.case) {
      case "undelivered":
      case "spawn": {
        const { address, type, sequence, payload } = body.value;
        const spawns = body.case === "spawn";
        const target = spawns ? this.#spawn(address, sender) : this.#findOrStart(address);
        if (typeof target === "string") this.#bury(sender, address, type, target);
        else {
          const kind = recordKind.message;
          this.#deliveries.push({ kind, type, sender, target, sequence, extra: 0, payload });
        }
        return;
      }
      case "stopped": {
        const actor = this.registry.of(sender);
        if (actor) this.#remove(actor, body.value.reason);
        return;
      }
      case "stopChild": {
        const child = this.registry.at(body.value.address);
        if (child?.parent === sender) this.#remove(child, StopReason.STOPPED);
        return;
      }
      case "watch":
        this.#watch(sender, body.value.address);
        return;
      case "escalated":
        this.#escalate(sender, body.value.failure);
        return;
      case "sharedFate":
        this.#shareFate(sender, body.value.restart);
        return;
      default:
        throw new Error("assertion failed: a notice without content");
    }
  }

  /** Puts an input from outside into the frame. */
  #take(input: Input): void {
    const { catalogue, reports } = this.#options;
    const { address, what, payload, call, spawn, effect, effectFrame } = input;
    const isMessage = what.case === "message";
    const method = isMessage ? undefined : catalogue.methodByName(what.value ?? "");
    // Neither a query nor an effect's outcome is a reason for an actor to begin.
    const isActive = method?.isQuery || effect !== 0;
    const target = spawn ? this.#spawn(address, 0) : this.#findOrStart(address, isActive);
    const type = isMessage
      ? (catalogue.messages.find((entry) => entry.desc.typeName === what.value)?.id ?? -1)
      : (method?.id ?? -1);
    if (typeof target === "string" || type === -1) {
      const reason = typeof target === "string" ? target : "not-handled";
      reports.deadLetter(undefined, address, what.value ?? "", reason);
      if (reason === "start-failed")
        reports.refuse(call, "RESOURCE_EXHAUSTED", this.#full(address));
      else reports.refuse(call, "NOT_FOUND", this.#notFound(address));
      return;
    }
    const callKind = method?.isQuery ? recordKind.query : recordKind.command;
    const kind = isMessage ? recordKind.message : callKind;
    const extra = effect === 0 ? call : Number(effectFrame) | 0;
    this.#deliveries.push({ kind, type, sender: 0, target, sequence: effect, extra, payload });
  }

  #full(address: Address): string {
    return `${address} cannot begin: actorsMax=${this.#options.limits.actorsMax} are active`;
  }

  #notFound(address: Address): string {
    const kind = address.slice(0, address.indexOf("/"));
    const known = this.registry.addressesOf(kind, addressesShown);
    const shown = known.length === 0 ? "none is active" : `active are ${known.join(", ")}`;
    const more = known.length === addressesShown ? " and others" : "";
    return `there is no actor ${address}; of its kind, ${shown}${more}`;
  }

  #findOrStart(address: Address, mustBeActive = false): Registered | DeadLetterReason {
    const active = this.registry.at(address);
    if (active) return active;
    const kind = this.registry.kindAt(address);
    if (kind?.definition.activation !== "on-demand" || mustBeActive) return "no-such-actor";
    return this.#start(address, kind, 0);
  }

  #spawn(address: Address, parent: number): Registered | DeadLetterReason {
    if (this.registry.at(address)) return "already-active";
    const kind = this.registry.kindAt(address);
    if (kind === undefined) return "no-such-actor";
    // The parent may have stopped since: then nobody is left to answer for the child.
    if (parent !== 0 && this.registry.of(parent) === undefined) return "stopped";
    return this.#start(address, kind, parent);
  }

  #start(address: Address, kind: Kind, parent: number): Registered | DeadLetterReason {
    const actor = this.registry.add(address, kind, parent);
    if (actor === undefined) return "start-failed";
    actor.worker = this.placement.add(actor);
    this.#busy.add(actor.number);
    const value = { actor: actor.number, address, worker: actor.worker, parent };
    this.#order({ case: "start", value } as CoreOrder["body"]);
    return actor;
  }

  /** Takes an actor and its children out of the world, and tells those who watch them. */
  #remove(actor: Registered, reason: StopReason): void {
    for (const number of [...actor.children].sort((a, b) => a - b)) {
      const child = this.registry.of(number);
      if (child) this.#remove(child, StopReason.PARENT_STOPPED);
    }
    this.registry.remove(actor);
    this.placement.remove(actor);
    this.#order({ case: "remove", value: { actor: actor.number } } as CoreOrder["body"]);
    for (const number of [...actor.watchers].sort((a, b) => a - b)) {
      this.#tellStopped(number, actor.address, reason, actor.number);
    }
  }

  #watch(watcher: number, address: Address): void {
    const by = this.registry.of(watcher);
    // It stopped with its parent before it watched: its number will be somebody else's.
    if (by === undefined) return;
    const actor = this.registry.at(address);
    if (actor === undefined) {
      this.#tellStopped(watcher, address, StopReason.NOT_FOUND, 0);
      return;
    }
    actor.watchers.add(watcher);
    by.watched.add(actor.number);
  }

  #tellStopped(watcher: number, address: Address, reason: StopReason, sender: number): void {
    const target = this.registry.of(watcher);
    if (target === undefined) return;
    target.watched.delete(sender);
    const { id: type } = this.#options.catalogue.messageOf(ActorStoppedSchema);
    const payload = stoppedCodec.toBytes({ address, reason });
    const kind = recordKind.message;
    this.#deliveries.push({ kind, type, sender, target, sequence: 0, extra: 0, payload });
  }

  #escalate(sender: number, failure: string): void {
    const actor = this.registry.of(sender);
    // It stopped with its parent before it failed: there is nobody left to treat.
    if (actor === undefined) return;
    const parent = this.registry.of(actor.parent);
    if (parent === undefined) {
      this.failure ??= failure;
      return;
    }
    this.#busy.add(parent.number);
    const value = { actor: parent.number, failure };
    this.#order({ case: "fail", value } as CoreOrder["body"]);
  }

  /** What befell an actor befalls the other children of its parent. */
  #shareFate(sender: number, restart: boolean): void {
    const parent = this.registry.of(this.registry.of(sender)?.parent ?? 0);
    // Where it stopped, the notice of that may have been heard before this one, or the parent be gone.
    const siblings = [...(parent?.children ?? [])].filter((number) => number !== sender);
    for (const number of siblings.sort((a, b) => a - b)) {
      const sibling = this.registry.of(number);
      if (sibling === undefined) continue;
      if (restart) {
        this.#busy.add(number);
        this.#order({ case: "restart", value: { actor: number } } as CoreOrder["body"]);
      } else {
        this.#remove(sibling, StopReason.FAILED);
      }
    }
  }

  #move(frame: number): boolean {
    const moves = this.placement
      .takeMoves(frame, this.registry)
      .filter(({ actor }) => !this.#busy.has(actor.number));
    for (const { actor, worker } of moves) {
      this.placement.move(actor, worker);
      const value = { actor: actor.number, worker };
      this.#order({ case: "move", value } as CoreOrder["body"]);
    }
    return moves.length > 0;
  }

  #order(body: CoreOrder["body"]): void {
    const head = { kind: recordKind.order, type: 0, sender: 0, target: 0, sequence: 0, extra: 0 };
    appendRecord(this.#options.orders, head, orderCodec.toBytes({ body } as CoreOrder));
  }

  /** Writes what the frame begins with into the workers' lanes, which must be sorted by sender. */
  #deliver(): void {
    this.#deliveries.sort((a, b) => a.sender - b.sender);
    for (const { target, payload, ...head } of this.#deliveries) {
      // It may have stopped since, in this very plan.
      if (this.registry.of(target.number) !== target) {
        this.#buryDelivery({ target, payload, ...head });
        continue;
      }
      const lane = this.#options.inputs[target.worker] as LaneWriter;
      appendRecord(lane, { ...head, target: target.number }, payload);
    }
  }

  #buryDelivery({ kind, type, sender, target, extra }: Delivery): void {
    const { catalogue, reports } = this.#options;
    if (kind === recordKind.message) {
      this.#bury(sender, target.address, type, "stopped");
      return;
    }
    reports.deadLetter(undefined, target.address, catalogue.methods[type]?.name ?? "", "stopped");
    reports.refuse(extra, "UNAVAILABLE", `${target.address} could not take the call: stopped`);
  }

  #bury(sender: number, target: Address, type: number, reason: DeadLetterReason): void {
    const { catalogue, reports } = this.#options;
    const name = catalogue.messages[type]?.desc.typeName ?? "";
    reports.deadLetter(this.registry.of(sender)?.address, target, name, reason);
  }
}
