import type { WorldIdentity } from "../journal/history.ts";
import type { Catalogue } from "./catalogue.ts";
import { schemaHash } from "./schema-hash.ts";

/** In what this process differs from the one that wrote a world's file last: with it, a replay may diverge. For people. */
export function differencesOf(identity: WorldIdentity, catalogue: Catalogue): string[] {
  const schema = schemaHash(catalogue.files);
  const differences: string[] = [];
  if (identity.node !== process.version) {
    differences.push(`the file was written by Node ${identity.node}; this is ${process.version}`);
  }
  if (identity.schemaHash !== schema) {
    differences.push(
      `the file was written with the schema ${identity.schemaHash}; this is ${schema}`,
    );
  }
  return differences;
}
