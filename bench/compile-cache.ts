import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

/** What the server does as it starts, for the same reason: src/server/main.ts says it. */
export function useCompileCache(): void {
  const folder = fileURLToPath(new URL("../node_modules/.cache/node", import.meta.url));
  Object.assign(process.env, { NODE_COMPILE_CACHE: folder });
  enableCompileCache(folder);
}
