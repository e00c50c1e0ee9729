import type { OptionTable, OptionValues } from "./options.ts";

/** What a command needs from the process that runs it. */
export interface Terminal {
  print(text: string): void;
  /** Resolves when whoever reads what is printed has room for more. Undefined: always. */
  drained?(): Promise<unknown>;
  /** Aborted when the user asks the command to end. */
  readonly interrupted: AbortSignal;
}

/** A command of the command line. */
export interface Command<Table extends OptionTable = OptionTable> {
  readonly name: string;
  readonly about: string;
  readonly options: Table;
  /** More lines for its help. */
  readonly details?: readonly string[];
  /** Runs to its end, and throws a TellurionError when it cannot. */
  run(options: OptionValues<Table>, terminal: Terminal): Promise<void>;
}

/** Keeps a command's option types inside of it, so that commands of all kinds fit in one list. */
export function defineCommand<const Table extends OptionTable>(command: Command<Table>): Command {
  return command as unknown as Command;
}
