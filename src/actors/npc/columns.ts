import type { NpcState } from "../../gen/tellurion/v1/npc_pb.ts";
import type { Plain } from "../common/plain.ts";

/** A shard of NPCs. */
export type Shard = Plain<NpcState>;

export const npcsMax = 256;
export const needsCount = 5;
export const traitsCount = 8;
export const inputsCount = 16;
export const memoriesCount = 8;
export const heardCount = 4;

/** Stands for "none" among places and partners. */
export const nobody = 65_535;

export const need = { hunger: 0, rest: 1, company: 2, safety: 3, purpose: 4 } as const;

export const trait = {
  bravery: 0,
  sociability: 1,
  diligence: 2,
  piety: 3,
  greed: 4,
  curiosity: 5,
  kindness: 6,
  temper: 7,
} as const;

/**
 * The columns of a shard as numbers: views of the bytes in its state, so what is written here is
 * written there.
 */
export interface Columns {
  readonly role: Uint8Array;
  readonly faction: Uint8Array;
  readonly home: Uint16Array;
  readonly activity: Uint8Array;
  readonly reason: Uint8Array;
  readonly partner: Uint16Array;
  readonly legFrom: Uint16Array;
  readonly wayFrom: Uint16Array;
  readonly wayTo: Uint16Array;
  readonly departMs: Float64Array;
  readonly pace: Float32Array;
  readonly beganMinute: Uint32Array;
  readonly updatedMs: Float64Array;
  readonly needs: Float32Array;
  readonly traits: Uint8Array;
  readonly inputs: Uint8Array;
  readonly coins: Uint32Array;
  readonly possessions: Uint16Array;
  readonly progress: Float32Array;
  readonly memory: DataView;
  readonly memoryNext: Uint8Array;
  readonly heard: Uint8Array;
  readonly needMinute: Uint32Array;
  /** Of the shard as a whole, for each good. */
  readonly stock: Uint32Array;
  readonly made: Uint32Array;
  readonly used: Uint32Array;
  readonly brought: Uint32Array;
  readonly taken: Uint32Array;
}

/** Gives an empty shard columns for so many NPCs and goods. */
export function layOut(shard: Shard, count: number, goods: number): void {
  shard.count = count;
  const each = (width: number): Uint8Array => new Uint8Array(width * count);
  shard.role = each(1);
  shard.faction = each(1);
  shard.home = each(2);
  shard.activity = each(1);
  shard.reason = each(1);
  shard.partner = each(2);
  shard.legFrom = each(2);
  shard.wayFrom = each(2);
  shard.wayTo = each(2);
  shard.departMs = each(8);
  shard.pace = each(4);
  shard.beganMinute = each(4);
  shard.updatedMs = each(8);
  shard.needs = each(4 * needsCount);
  shard.traits = each(traitsCount);
  shard.inputs = each(inputsCount);
  shard.coins = each(4);
  shard.possessions = each(2 * goods);
  shard.progress = each(4);
  shard.memory = each(8 * memoriesCount);
  shard.memoryNext = each(1);
  shard.heard = each(2 * heardCount);
  shard.needMinute = each(4);
  shard.stock = new Uint8Array(4 * goods);
  shard.made = new Uint8Array(4 * goods);
  shard.used = new Uint8Array(4 * goods);
  shard.brought = new Uint8Array(4 * goods);
  shard.taken = new Uint8Array(4 * goods);
}

/** The shard's columns. Its bytes are aligned: both `layOut` and the codec give each a buffer. */
export function columnsOf(shard: Shard): Columns {
  return {
    role: shard.role,
    faction: shard.faction,
    home: words(shard.home),
    activity: shard.activity,
    reason: shard.reason,
    partner: words(shard.partner),
    legFrom: words(shard.legFrom),
    wayFrom: words(shard.wayFrom),
    wayTo: words(shard.wayTo),
    departMs: doubles(shard.departMs),
    pace: floats(shard.pace),
    beganMinute: integers(shard.beganMinute),
    updatedMs: doubles(shard.updatedMs),
    needs: floats(shard.needs),
    traits: shard.traits,
    inputs: shard.inputs,
    coins: integers(shard.coins),
    possessions: words(shard.possessions),
    progress: floats(shard.progress),
    memory: new DataView(shard.memory.buffer, shard.memory.byteOffset, shard.memory.byteLength),
    memoryNext: shard.memoryNext,
    heard: shard.heard,
    needMinute: integers(shard.needMinute),
    stock: integers(shard.stock),
    made: integers(shard.made),
    used: integers(shard.used),
    brought: integers(shard.brought),
    taken: integers(shard.taken),
  };
}

function words(bytes: Uint8Array): Uint16Array {
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
}

function integers(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

function doubles(bytes: Uint8Array): Float64Array {
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
}
