import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { isMainThread, threadName } from "node:worker_threads";

/**
 * Given to a process with `--import`, which its threads inherit: writes each file of a package that is loaded, and by
 * which thread, to the file that RECORDED_MODULES names.
 */
const { RECORDED_MODULES: file = "" } = process.env;
const thread = isMainThread ? "main" : (threadName ?? "");

registerHooks({
  load(url, context, nextLoad) {
    if (url.includes("/node_modules/")) appendFileSync(file, `${thread} ${url}\n`);
    return nextLoad(url, context);
  },
});
