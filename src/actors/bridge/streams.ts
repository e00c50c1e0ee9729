import { create } from "@bufbuild/protobuf";
import {
  type BridgeState,
  type RemoteStream,
  RemoteStreamSchema,
} from "../../gen/tellurion/v1/bridge_pb.ts";
import { type ActorContext, Rejection } from "../../runtime/index.ts";
import { publishPack } from "./publish.ts";

export type Stream = RemoteStream;

const streamsMax = 64;
/** Epochs of one stream that are known; with one more, the oldest is forgotten. */
export const epochsMax = 16;

/** The stream's epoch, which begins if it is not known. */
export function streamOf(
  state: BridgeState,
  { stream, epoch }: Pick<Stream, "stream" | "epoch">,
  ctx: ActorContext,
): Stream {
  const known = state.streams.find((row) => row.stream === stream && row.epoch === epoch);
  if (known) return known;
  const epochs = state.streams.filter((row) => row.stream === stream);
  if (epochs.length === 0) refuseTooMany(state);
  if (epochs.length >= epochsMax) retire(state, epochs[0] as Stream, ctx);
  const begun = create(RemoteStreamSchema, { stream, epoch, nextSequence: 1n });
  state.streams.push(begun);
  return begun;
}

function refuseTooMany({ streams }: BridgeState): void {
  const names = new Set(streams.map(({ stream }) => stream));
  if (names.size < streamsMax) return;
  throw new Rejection(
    "FAILED_PRECONDITION",
    `${names.size} streams come in already; valid are at most ${streamsMax}`,
  );
}

function retire(state: BridgeState, oldest: Stream, ctx: ActorContext): void {
  const { stream, epoch, held } = oldest;
  state.streams = state.streams.filter((row) => row !== oldest);
  if (oldest.missingTimer !== 0) ctx.cancel(oldest.missingTimer);
  for (const { pack } of held) publishPack(oldest, pack, ctx);
  ctx.log("warn", `stream ${stream}: epoch ${epoch} is forgotten, the oldest of ${epochsMax + 1}`);
}
