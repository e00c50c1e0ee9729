// Set up as in its documentation: https://github.com/untu/comedy#threaded-actors
import { fileURLToPath } from "node:url";

/** Comedy finds the modules of actors from here; by itself it would go by where node_modules is, which may be a link. */
process.env.APP_ROOT_PATH = fileURLToPath(new URL(".", import.meta.url));
const { default: comedy } = await import("comedy");

/** What its documentation calls a system. In tests it logs nothing; what goes wrong is seen in the tallies. */
export function startComedy() {
  return comedy({ test: true, config: {} });
}

/** In the calling thread, or each actor in a thread of its own. */
export const mode = process.argv[2] === "in-memory" ? "in-memory" : "threaded";
