import { Deployment } from "./deployment.ts";
import type { DeployOptions } from "./options.ts";
import type { Tools } from "./tools.ts";

const exitCodes = { deployed: 0, wentBack: 1, couldNotGoBack: 3 } as const;

/** Runs all steps; returns the exit code. */
export async function runDeployment(
  options: DeployOptions,
  tools: Tools,
  print: (line: string) => void,
): Promise<number> {
  const deployment = new Deployment(options, tools, print);
  try {
    await deployment.prepare();
  } catch (error) {
    print(`failed: ${textOf(error)}`);
    print("nothing was deployed, and nothing has to be undone");
    return exitCodes.wentBack;
  }
  try {
    await deployment.deploy();
    if (options.dryRun) {
      print("== the next only if a step after the push fails");
      await deployment.goBack();
      print("a dry run: no command was run");
    } else {
      print(`deployed ${options.prefix} with ${options.tag}`);
    }
    return exitCodes.deployed;
  } catch (error) {
    print(`failed: ${textOf(error)}`);
  }
  try {
    print(await deployment.goBack());
    return exitCodes.wentBack;
  } catch (error) {
    print(`could not go back: ${textOf(error)}`);
    return exitCodes.couldNotGoBack;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
