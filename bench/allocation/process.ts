import { measurePostMessage } from "./post-message.ts";
import { measureTell } from "./tellurion.ts";

/** What a process of its own, with flags for its heap, is asked for. It answers with a list of figures. */
export interface AllocationRequest {
  readonly what: "reuse" | "literal" | "json-postmessage" | "clone-postmessage";
  readonly scale: number;
}

process.once("message", async ({ what, scale }: AllocationRequest) => {
  const isPost = what === "json-postmessage" || what === "clone-postmessage";
  if (isPost) {
    process.send?.([await measurePostMessage(what, scale)]);
  } else {
    const { perMessage, perRound } = await measureTell(what, scale);
    process.send?.([perMessage, perRound]);
  }
  process.disconnect?.();
});
