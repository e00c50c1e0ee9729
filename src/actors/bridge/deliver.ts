import { create } from "@bufbuild/protobuf";
import {
  type BridgeState,
  type DeliverPackRequest,
  HeldPackSchema,
  PackMissingSchema,
} from "../../gen/tellurion/v1/bridge_pb.ts";
import { type ActorContext, Rejection } from "../../runtime/index.ts";
import { checkBigint, checkCount, refuse } from "../common/checks.ts";
import { eventsIn } from "./pack.ts";
import { publishPack } from "./publish.ts";
import { type Stream, streamOf } from "./streams.ts";

/** Of a pack: what one message of SNS can carry, and more than any publisher puts into one. */
const packBytesMax = 262_144;
/** Packs of one stream that wait for one before them. */
export const heldPacksMax = 256;
export const heldBytesMax = 8_388_608;
/** World time after which a pack that does not come is given up: a queue delivers again much sooner. */
export const missingMsMax = 120_000;
const sequenceMax = 2n ** 53n - 1n;

/** What became of a pack. */
interface Delivery {
  readonly already: boolean;
  readonly held: boolean;
  readonly events: number;
}

/** Takes a pack: in its turn it is published, with those that waited for it; before its turn it waits. */
export function deliver(
  state: BridgeState,
  request: DeliverPackRequest,
  ctx: ActorContext,
): Delivery {
  check(request);
  const { sequence, pack } = request;
  const stream = streamOf(state, request, ctx);
  const isHeld = stream.held.some((held) => held.sequence === sequence);
  if (sequence < stream.nextSequence || isHeld) {
    stream.repeatedPacks += 1n;
    return { already: true, held: false, events: 0 };
  }
  if (sequence > stream.nextSequence) {
    hold(stream, sequence, pack, ctx);
    return { already: false, held: true, events: 0 };
  }
  stream.nextSequence = sequence + 1n;
  const events = publishPack(stream, pack, ctx) + publishHeld(stream, ctx);
  watchForMissing(stream, ctx);
  return { already: false, held: false, events };
}

/** The time for a pack is over: those after it go on without it. */
export function giveUp(
  { streams }: BridgeState,
  missing: Pick<Stream, "stream" | "epoch"> & { readonly sequence: bigint },
  ctx: ActorContext,
): void {
  const { stream: name, epoch, sequence } = missing;
  const stream = streams.find((row) => row.stream === name && row.epoch === epoch);
  const next = stream?.held[0]?.sequence;
  if (stream === undefined || next === undefined || stream.nextSequence !== sequence) return;
  stream.missingTimer = 0;
  stream.lostPacks += next - sequence;
  const which = next - sequence === 1n ? `pack ${sequence}` : `packs ${sequence} to ${next - 1n}`;
  ctx.log("warn", `stream ${name}, epoch ${epoch}: ${which} did not come, and are given up`);
  stream.nextSequence = next;
  publishHeld(stream, ctx);
  watchForMissing(stream, ctx);
}

function check({ stream, epoch, sequence, pack }: DeliverPackRequest): void {
  if (!/^[a-z0-9_.-]{1,64}$/.test(stream)) {
    refuse("stream", stream, "are 1 to 64 of a-z, 0-9 and _ . -");
  }
  if (!/^[!-~]{1,64}$/.test(epoch)) {
    refuse("epoch", epoch, "are 1 to 64 printable ASCII characters without spaces");
  }
  checkBigint("sequence", sequence, 1n, sequenceMax);
  checkCount("pack", pack.length, 0, packBytesMax);
  eventsIn(pack);
}

function hold(stream: Stream, sequence: bigint, pack: Uint8Array, ctx: ActorContext): void {
  const { held, nextSequence } = stream;
  const bytes = held.reduce((sum, { pack: waiting }) => sum + waiting.length, pack.length);
  if (held.length >= heldPacksMax || bytes > heldBytesMax) {
    // Whoever brings it tries again: by then the missing one has come, or is given up.
    throw new Rejection(
      "RESOURCE_EXHAUSTED",
      `pack ${sequence} of stream ${stream.stream} comes too early: ${held.length} packs wait for ` +
        `pack ${nextSequence}; try again later`,
    );
  }
  const after = held.findIndex((waiting) => waiting.sequence > sequence);
  held.splice(after === -1 ? held.length : after, 0, create(HeldPackSchema, { sequence, pack }));
  if (stream.missingTimer === 0) watchForMissing(stream, ctx);
}

function publishHeld(stream: Stream, ctx: ActorContext): number {
  const { held } = stream;
  let events = 0;
  let taken = 0;
  for (const { sequence, pack } of held) {
    if (sequence !== stream.nextSequence) break;
    stream.nextSequence = sequence + 1n;
    events += publishPack(stream, pack, ctx);
    taken += 1;
  }
  held.splice(0, taken);
  return events;
}

/** Waits for the pack that is missing now, and not for the one before it any more. */
function watchForMissing(row: Stream, ctx: ActorContext): void {
  const { stream, epoch, nextSequence: sequence } = row;
  if (row.missingTimer !== 0) ctx.cancel(row.missingTimer);
  row.missingTimer = 0;
  row.missingSinceMs = 0n;
  if (row.held.length === 0) return;
  row.missingSinceMs = BigInt(Math.floor(ctx.now));
  row.missingTimer = ctx.schedule(missingMsMax, PackMissingSchema, { stream, epoch, sequence });
}
