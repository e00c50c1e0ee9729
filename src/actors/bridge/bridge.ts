import {
  BridgeService,
  BridgeStateSchema,
  PackMissingSchema,
} from "../../gen/tellurion/v1/bridge_pb.ts";
import { defineActor } from "../../runtime/index.ts";
import { deliver, giveUp } from "./deliver.ts";

const { method } = BridgeService;

/**
 * Brings events of another part of the world in, `bridge/main`: it publishes them here, in the order in which that part
 * published them and each once, however often and in whatever order their packs come.
 */
export const bridge = defineActor({
  kind: "bridge",
  state: BridgeStateSchema,
  init: () => ({}),
  // A restart would forget what has been published.
  supervision: { directive: "resume" },
  on: ({ handle, answer, query }) => [
    handle(PackMissingSchema, (state, missing, ctx) => giveUp(state, missing.toObject(), ctx)),
    answer(method.deliverPack, (state, request, ctx) => deliver(state, request.toObject(), ctx)),
    query(method.listRemoteStreams, ({ streams }) => ({
      streams: streams.map((stream) => ({ ...stream, held: [] })),
    })),
  ],
});
