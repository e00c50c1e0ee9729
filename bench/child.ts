import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Starts a process, asks it one thing, and returns what it answers. */
export async function ask<Answer>(
  module: URL,
  request: object,
  execArgv: readonly string[] = [],
  args: readonly string[] = [],
): Promise<Answer> {
  const child = fork(fileURLToPath(module), args, { execArgv: [...execArgv] });
  child.send(request);
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`the process ended with ${code} and no answer`);
  });
  const [answer] = await Promise.race([once(child, "message"), failed]);
  if (child.exitCode === null) await failed.catch(() => {});
  return answer as Answer;
}
