import { TellurionError } from "../../runtime/index.ts";
import { quoted } from "../calls.ts";
import { checkCommand } from "./check.ts";
import type { Command, Terminal } from "./command.ts";
import { costCommand } from "./cost.ts";
import { dlqCommand } from "./dlq.ts";
import { exportCommand } from "./export.ts";
import { inspectCommand } from "./inspect.ts";
import { loadCommand } from "./load.ts";
import { optionsHelp, readOptions, usageOf } from "./options.ts";
import { replayCommand } from "./replay.ts";
import { setupCommand } from "./setup.ts";
import { simulateCommand } from "./simulate.ts";
import { startCommand } from "./start.ts";
import { watchCommand } from "./watch.ts";

const commands: readonly Command[] = [
  startCommand,
  simulateCommand,
  watchCommand,
  loadCommand,
  replayCommand,
  inspectCommand,
  exportCommand,
  checkCommand,
  dlqCommand,
  setupCommand,
  costCommand,
];
const names = [...commands.map((command) => command.name), "help"].join(", ");

/** Runs what a command line asks for. Throws a TellurionError when it cannot be done. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<void> {
  const [name = "help", ...rest] = args;
  if (isHelp(name)) return terminal.print(overview(rest[0]));
  const command = commandNamed(name);
  if (rest.some(isHelpOption)) return terminal.print(help(command));
  await command.run(readOptions(command.options, rest), terminal);
}

function commandNamed(name: string): Command {
  const command = commands.find((known) => known.name === name);
  if (command) return command;
  throw new TellurionError(
    "INVALID_OPTION",
    `command=${quoted(name)} is not known; valid are ${names}`,
  );
}

function overview(commandName: string | undefined): string {
  if (commandName !== undefined) return help(commandNamed(commandName));
  return [
    "Usage: npm run --silent tellurion -- COMMAND [options]",
    "",
    ...commands.map(({ name, about }) => `  ${name.padEnd(10)}${about}`),
    `  ${"help".padEnd(10)}explains a command: help COMMAND, or COMMAND --help`,
  ].join("\n");
}

function help({ name, about, options, details = [] }: Command): string {
  return [
    `Usage: npm run --silent tellurion -- ${name}${usageOf(options)}`,
    "",
    `${name} ${about}.`,
    "",
    ...optionsHelp(options),
    ...(details.length > 0 ? ["", ...details] : []),
  ].join("\n");
}

function isHelp(word: string): boolean {
  return word === "help" || isHelpOption(word);
}

function isHelpOption(word: string): boolean {
  return word === "--help" || word === "-h";
}
