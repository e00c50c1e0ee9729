// Set up as in its documentation: https://github.com/untu/comedy#threaded-actors
import { fileURLToPath } from "node:url";

/** Comedy finds the modules of actors from here; by itself it would go by where node_modules is, which may be a link. */
process.env.APP_ROOT_PATH = fileURLToPath(new URL(".", import.meta.url));
const { default: comedy } = await import("comedy");

const silent = { error: console.error, warn() {}, info() {}, debug() {} };

/** What its documentation calls a system, with nothing but errors in its log. */
export function startComedy() {
  return comedy({ log: silent, config: {} });
}

/** In the calling thread, or each actor in a thread of its own. */
export const mode = process.argv[2] === "in-memory" ? "in-memory" : "threaded";
