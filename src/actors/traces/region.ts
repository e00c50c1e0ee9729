import type {
  TraceKnowledge as TraceKnowledgeMessage,
  Trace as TraceMessage,
  TracePlace as TracePlaceMessage,
  TracesState,
  TraceTemplate as TraceTemplateMessage,
  TraceWear as TraceWearMessage,
} from "../../gen/tellurion/v1/traces_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";

/** The traces of a region, as the actor's state holds them. */
export type Region = Plain<TracesState>;
export type Trace = Plain<TraceMessage>;
export type Template = Plain<TraceTemplateMessage>;
export type Wear = Plain<TraceWearMessage>;
export type Place = Plain<TracePlaceMessage>;
export type Knowledge = Plain<TraceKnowledgeMessage>;

export function ready(region: Region): Region {
  if (region.configured) return region;
  throw new Rejection(
    "FAILED_PRECONDITION",
    "the traces of this region have not been configured yet",
  );
}

/** How a trace is called outside of its region. */
export function nameOf(region: Region, { number }: Trace): string {
  return `${region.region}.${number}`;
}

/** What an id is called where nobody has given it a title. */
export function wordsOf(id: string): string {
  return id.replaceAll(/[-_.:]+/g, " ").trim();
}
