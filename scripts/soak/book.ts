/** A command as a client sends it. */
export interface Command {
  readonly id: string;
  readonly account: string;
  readonly amount: number;
  /** Empty: none, and the command is not sent twice. */
  readonly key: string;
}

/** A command that a server has answered. */
export interface Acknowledged {
  readonly command: Command;
  /** The answer, to the letter. */
  readonly answer: string;
}

/** What an account of the world says of itself. */
export interface Account {
  readonly entries: readonly {
    readonly id: string;
    readonly amount: bigint;
    readonly frame: bigint;
  }[];
  readonly total: bigint;
}

/** What the clients know: what they have sent, and what has been answered. */
export class Book {
  readonly #sent = new Map<string, Command>();
  readonly #acknowledged = new Map<string, Acknowledged>();
  readonly #keyed: Acknowledged[] = [];

  get sent(): number {
    return this.#sent.size;
  }

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  /** Answered commands with idempotency keys: they may be asked again. */
  get keyed(): readonly Acknowledged[] {
    return this.#keyed;
  }

  noteSent(command: Command): void {
    this.#sent.set(command.id, command);
  }

  noteAnswer(command: Command, answer: string): void {
    const acknowledged = { command, answer };
    this.#acknowledged.set(command.id, acknowledged);
    if (command.key !== "") this.#keyed.push(acknowledged);
  }

  /** What is wrong with a world that says this of its accounts. Empty: nothing. */
  problemsOf(accounts: ReadonlyMap<string, Account>): string[] {
    const problems: string[] = [];
    const seen = new Set<string>();
    for (const [name, account] of accounts) problems.push(...this.#check(name, account, seen));
    for (const [id, { command, answer }] of this.#acknowledged) {
      if (!seen.has(id)) problems.push(`${id} of ${command.account} is missing: ${answer}`);
    }
    return problems;
  }

  #check(name: string, { entries, total }: Account, seen: Set<string>): string[] {
    const problems: string[] = [];
    let sum = 0n;
    let last = 0n;
    for (const { id, amount, frame } of entries) {
      const command = this.#sent.get(id);
      sum += amount;
      if (seen.has(id)) problems.push(`${id} of ${name} is there twice`);
      seen.add(id);
      if (command?.account !== name || BigInt(command.amount) !== amount) {
        problems.push(`${id} of ${name} with amount=${amount} is not what was sent`);
      }
      if (frame < last) problems.push(`${id} of ${name} is of frame ${frame}, after ${last}`);
      last = frame;
      const answer = this.#acknowledged.get(id)?.answer;
      if (answer !== undefined && !isAnswer(answer, { id, total: `${sum}`, frame: `${frame}` })) {
        problems.push(`${id} of ${name}, total=${sum} in frame ${frame}, was answered ${answer}`);
      }
    }
    if (sum !== total) problems.push(`${name} adds up to ${sum} and says ${total}`);
    return problems;
  }
}

function isAnswer(answer: string, expected: Readonly<Record<string, string>>): boolean {
  const given = JSON.parse(answer) as Record<string, string>;
  return Object.entries(expected).every(([name, value]) => given[name] === value);
}
