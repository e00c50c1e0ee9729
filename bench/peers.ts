import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Case, Table } from "./table.ts";

const installed = existsSync(fileURLToPath(new URL("./peers/node_modules", import.meta.url)));

/** The cases of a table that can be run: peers are outside of the product's dependencies, and may not be there. */
export function runnableCases({ cases }: Table): readonly Case[] {
  return installed ? cases : cases.filter(({ needsPeers }) => !needsPeers);
}

/** Says which rows are missing, and what to do about it. Undefined: none are. */
export function missingPeers({ cases }: Table): string | undefined {
  const missing = cases.filter(({ needsPeers }) => needsPeers && !installed);
  if (missing.length === 0) return undefined;
  const rows = missing.flatMap((one) => one.rows.map(({ row }) => row)).join(", ");
  return `not run: ${rows}: \`npm ci\` in bench/peers installs what they need`;
}
