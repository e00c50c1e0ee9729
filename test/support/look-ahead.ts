import { defineExploration } from "../../src/runtime/index.ts";
import {
  AccountStateSchema,
  PulseStateSchema,
  ReceiptIssuedSchema,
  ReceiptWantedSchema,
} from "../gen/tellurion/test/v1/ledger_pb.ts";

export const framesAhead = 100;

/** Tells an account's total as it is, and how often a pulse beats in a hundred frames in each of two branches. */
export const exploration = defineExploration({
  request: ReceiptWantedSchema,
  result: ReceiptIssuedSchema,
  explore(branch, { id }) {
    const { total } = branch.stateOf("account/a", AccountStateSchema) ?? { total: -1n };
    const beats = () => Number(branch.stateOf("pulse/one", PulseStateSchema)?.beats);
    const before = beats();
    const fork = branch.fork();
    fork.run(framesAhead);
    const after = fork.stateOf("pulse/one", PulseStateSchema);
    return { id, receipt: `${total} ${Number(after?.beats) - before} ${beats() - before}` };
  },
});
