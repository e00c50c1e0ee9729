import { join } from "node:path";
import type { WorldOptions } from "../../runtime/host.ts";
import { catalogueOf } from "../../runtime/host.ts";
import type { ActorDefinition } from "../../runtime/index.ts";
import { localBridge, openBridgeSource } from "../bridge/bridge-source.ts";
import type { BridgeConfig } from "../bridge/world-bridge.ts";
import type { Log } from "../log.ts";
import { flag, type Option, type OptionValues, text } from "./options.ts";
import { readTraceOptions, traceOptions } from "./trace-options.ts";

const bridge: Option<string | undefined> = {
  ...text(
    "FILE",
    `joins the world to SNS and SQS as FILE says, or to an emulator: ${localBridge}`,
    "",
  ),
  default: undefined,
  defaultText: "it is joined to nothing",
};

/** The options that say how a world is joined to remote services, and who hears how that goes. */
export const bridgeOptions = {
  bridge,
  "new-epoch": flag("numbers the bridge's messages anew, after a disk was set back to a snapshot"),
  ...traceOptions,
  emf: flag("writes metrics for CloudWatch to the output, once a minute"),
};

/** A bridge as the options want it. */
export interface WantedBridge {
  readonly config: BridgeConfig;
  /** For the greeting. */
  readonly lines: readonly string[];
  /** After the server. */
  close(): Promise<void>;
}

/** Throws INVALID_OPTION, FAILED_PRECONDITION and UNAVAILABLE. */
export async function bridgeOf(
  values: OptionValues<typeof bridgeOptions>,
  { name: worldName, actorsModule }: WorldOptions,
  folder: string | undefined,
  log: Log,
): Promise<WantedBridge | undefined> {
  if (values.bridge === undefined) return undefined;
  const trace = readTraceOptions(values);
  const { actors } = (await import(actorsModule.href)) as { actors: readonly ActorDefinition[] };
  const catalogue = catalogueOf(actors);
  const note = (line: string) => log.warn(`bridge: ${line}`);
  const source = await openBridgeSource({
    ...{ bridge: values.bridge, worldName, folder, catalogue, note },
  });
  const outboxPath = folder && join(folder, `${worldName}.outbox`);
  const newEpoch = values["new-epoch"];
  return {
    config: { configuration: source.configuration, catalogue, outboxPath, newEpoch, trace },
    lines: source.lines,
    close: () => source.close(),
  };
}
