import { type GameEvent, GameEventSchema } from "../../gen/tellurion/v1/game_event_pb.ts";
import { type ActorContext, codecOf, TellurionError } from "../../runtime/index.ts";
import { eventMessage } from "./event-types.ts";
import { eventsIn } from "./pack.ts";
import type { Stream } from "./streams.ts";

/** Lines in the log about the events of one pack that could not be read. */
const refusalsToldMax = 4;

/** Publishes the events of a pack in this part of the world. One that cannot be read takes no other with it. */
export function publishPack(stream: Stream, pack: Uint8Array, ctx: ActorContext): number {
  let published = 0;
  let refused = 0;
  for (const { start, end } of eventsIn(pack)) {
    const problem = publishEvent(pack.subarray(start, end), ctx);
    if (problem === undefined) {
      published += 1;
      continue;
    }
    refused += 1;
    if (refused > refusalsToldMax) continue;
    ctx.log("warn", `stream ${stream.stream}: an event was refused: ${problem}`);
  }
  stream.events += BigInt(published);
  stream.refusedEvents += BigInt(refused);
  return published;
}

/** Gives what is wrong with an event that cannot be published. */
function publishEvent(bytes: Uint8Array, ctx: ActorContext): string | undefined {
  const envelope = decoded(() => codecOf(GameEventSchema).decode(bytes));
  if (typeof envelope === "string") return envelope;
  const { eventId, eventType, payload }: GameEvent = envelope;
  const type = eventMessage(eventType);
  if (type === undefined) return `event_type=${eventType} of ${eventId} is not known`;
  const event = decoded(() => codecOf(type).decode(payload));
  if (typeof event === "string") return `${eventId}: ${event}`;
  ctx.publish(type, event);
  return undefined;
}

function decoded<Value extends object>(decode: () => Value): Value | string {
  try {
    return decode();
  } catch (error) {
    if (error instanceof TellurionError) return error.message;
    throw error;
  }
}
