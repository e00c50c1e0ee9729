import { spawn } from "node:child_process";

/** A command that did not end with 0. */
export class CommandFailed extends Error {
  constructor(command: string, outcome: string, errors: string) {
    super([`${command}: ${outcome}`, errors.trim()].filter(Boolean).join("\n"));
    this.name = "CommandFailed";
  }
}

export interface Tools {
  /** Runs a command that changes something. What it prints is passed on; in a dry run it is printed only. */
  run(command: readonly string[], input?: string): Promise<void>;
  /** Runs a command for what it prints. A dry run goes on with `instead`. */
  ask(command: readonly string[], instead: string): Promise<string>;
  pause(ms: number): Promise<void>;
}

const answerBytesMax = 4 * 1024 * 1024;

export function createTools(dryRun: boolean, print: (line: string) => void): Tools {
  const show = (command: readonly string[]): void => print(`$ ${command.map(quoted).join(" ")}`);
  return {
    async run(command, input) {
      show(command);
      if (!dryRun) await execute(command, input, "inherit");
    },
    async ask(command, instead) {
      show(command);
      return dryRun ? instead : (await execute(command, undefined, "pipe")).trim();
    },
    async pause(ms) {
      if (!dryRun) await new Promise((resolve) => setTimeout(resolve, ms));
    },
  };
}

function execute(
  command: readonly string[],
  input: string | undefined,
  output: "inherit" | "pipe",
): Promise<string> {
  const [file = "", ...args] = command;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(file, args, { stdio: ["pipe", output, "pipe"] });
  let answer = "";
  let errors = "";
  const failed = (outcome: string): void =>
    reject(new CommandFailed(command.map(quoted).join(" "), outcome, errors));
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
    if (answer.length > answerBytesMax) child.kill();
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-answerBytesMax);
  });
  child.on("error", (error) => failed(error.message));
  child.on("close", (code, signal) =>
    code === 0 ? resolve(answer) : failed(`ended with ${code ?? signal}`),
  );
  // A command that does not read its input has nothing to complain about.
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  return promise;
}

function quoted(word: string): string {
  return /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
