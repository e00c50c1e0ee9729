import {
  LookAheadRequestSchema,
  LookAheadResultSchema,
} from "../../gen/tellurion/v1/storyteller_pb.ts";
import { exploreEffect } from "../../runtime/host.ts";

/** A decision that comes later than this is not waited for any more: see waitMinutesMax of the storyteller. */
const timeoutMs = 60_000;

/** What the storyteller asks for when it cannot decide: what would come of each of its candidates. */
export const lookAhead = exploreEffect({
  request: LookAheadRequestSchema,
  result: LookAheadResultSchema,
  module: new URL("./exploration.ts", import.meta.url),
  timeoutMs,
  attemptsMax: 1,
  concurrencyMax: 1,
});
