import { ask } from "../child.ts";
import type { Case, Table } from "../table.ts";
import { heapFlags } from "./heap.ts";
import type { AllocationRequest } from "./process.ts";

const process = new URL("./process.ts", import.meta.url);

function allocationCase(what: AllocationRequest["what"], rows: Case["rows"]): Case {
  return {
    rows,
    run({ scale }) {
      const request: AllocationRequest = { what, scale };
      return ask<readonly number[]>(process, request, heapFlags);
    },
  };
}

const unit = "bytes/message";

export const allocation: Table = {
  name: "allocation",
  about: "heap that a thread allocates for each event that it sends and handles",
  cases: [
    allocationCase("reuse", [
      { row: "tellurion-tell", unit },
      { row: "tellurion-round", unit: "bytes/round" },
    ]),
    allocationCase("literal", [
      { row: "tellurion-tell-new-object", unit },
      { row: "tellurion-round-new-object", unit: "bytes/round" },
    ]),
    allocationCase("json-postmessage", [{ row: "json-postmessage", unit }]),
    allocationCase("clone-postmessage", [{ row: "clone-postmessage", unit }]),
  ],
  bars: [
    {
      what: "tellurion-tell, to whole bytes",
      value: (median) => Math.round(median("tellurion-tell")),
      most: 0,
    },
  ],
};
