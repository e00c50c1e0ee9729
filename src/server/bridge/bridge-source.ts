import { readFile } from "node:fs/promises";
import type { BridgeConfiguration } from "../../bridges/configuration.ts";
import { startLocalBridge } from "../../bridges/local/local-bridge.ts";
import { readConfiguration } from "../../bridges/read-configuration.ts";
import type { Catalogue } from "../../runtime/host.ts";
import { TellurionError } from "../../runtime/index.ts";
import { messageOf, quoted } from "../calls.ts";

/** The name of the bridge for people without an account. */
export const localBridge = "local";

/** Where a bridge leads. */
export interface BridgeSource {
  readonly configuration: BridgeConfiguration;
  /** For the greeting. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

export interface BridgeWish {
  /** `local`, or the path of a configuration. */
  readonly bridge: string;
  readonly worldName: string;
  /** Undefined: the world is in memory. */
  readonly folder: string | undefined;
  readonly catalogue: Catalogue;
  readonly note: (text: string) => void;
}

/** Reads the configuration that `--bridge` names. Throws INVALID_OPTION, FAILED_PRECONDITION and UNAVAILABLE. */
export async function openBridgeSource(wish: BridgeWish): Promise<BridgeSource> {
  const { bridge, worldName, folder, catalogue, note } = wish;
  if (bridge === localBridge) {
    const methods = catalogue.methods.filter(({ isQuery }) => !isQuery).map(({ name }) => name);
    const local = await startLocalBridge({ worldName, dataFolder: folder, methods, note });
    const configuration = readConfiguration(local.configuration, catalogue);
    return { configuration, lines: local.lines, close: () => local.close() };
  }
  const configuration = readConfiguration(await readJson(bridge), catalogue);
  const { out, commands, events } = configuration;
  const parts = [
    ...(out ? [`events to ${out.topicArn}`] : []),
    ...(commands ? [`commands from ${commands.queueUrl}`] : []),
    ...(events ? [`events from ${events.queueUrl}`] : []),
  ];
  const lines = parts.map((part, i) => `  ${i === 0 ? "bridge" : "      "}    ${part}`);
  return { configuration, lines, close: async () => {} };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new TellurionError(
      "INVALID_OPTION",
      `--bridge=${quoted(path)} cannot be read (${messageOf(error)}); ` +
        `valid are ${localBridge}, and files with a bridge's configuration as JSON`,
    );
  }
}
