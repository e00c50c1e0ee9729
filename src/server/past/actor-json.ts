import type { JsonObject } from "@bufbuild/protobuf";
import type { PastActor, PastWorld } from "../../runtime/host.ts";
import { messageJson } from "./message-json.ts";

/** An actor as it was, for people and programs to read. */
export function actorJson({ address, parent, state, timers, effects }: PastActor): JsonObject {
  return {
    address,
    ...(parent !== undefined && { parent }),
    state: state ? messageJson(state) : null,
    timers: timers.map(({ id, dueFrame, everyFrames, message }) => ({
      ...{ id, dueFrame, everyFrames },
      message: message.type?.typeName ?? "",
      payload: messageJson(message),
    })),
    effects: effects.map(({ id, frame, request }) => ({
      ...{ id, frame },
      request: request.type?.typeName ?? "",
      payload: messageJson(request),
    })),
  };
}

/** All actors of a world by their addresses, or the one that is asked for; without those that are not active. */
export function actorsJson(world: PastWorld, only?: string): Map<string, JsonObject> {
  const addresses = only === undefined ? world.addresses : [only];
  return new Map(
    addresses.flatMap((address) => {
      const actor = world.actor(address);
      return actor ? [[address, actorJson(actor)] as const] : [];
    }),
  );
}
