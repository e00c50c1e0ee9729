import { isMainThread } from "node:worker_threads";

/** A module that only a worker cannot import. */
if (!isMainThread) throw new Error("this module is broken in workers on purpose");

export { actors } from "./counter-world.ts";
