import { readOptions, usage } from "./steps/options.ts";
import { runDeployment } from "./steps/run.ts";
import { createTools } from "./steps/tools.ts";

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const options = readOptions(process.argv.slice(2));
if (options === "help") {
  print(usage);
} else if (typeof options === "string") {
  process.stderr.write(`INVALID_OPTION ${options}\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await runDeployment(options, createTools(options.dryRun, print), print);
}
