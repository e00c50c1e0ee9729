import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { SeededRandom } from "../../src/runtime/actor/random.ts";
import {
  GetAccountRequestSchema,
  GetAccountResponseSchema,
} from "../../test/gen/tellurion/test/v1/ledger_pb.ts";
import type { Account, Book, Command } from "./book.ts";

const service = "tellurion.test.v1.LedgerService";
export const accounts = ["a", "b", "c", "d", "e", "f"] as const;

/** One of those who load the server: sends commands one after another, and keeps the book. */
export class Client {
  readonly #name: string;
  readonly #book: Book;
  readonly #random: SeededRandom;
  #count = 0;
  /** It has a key and no answer yet: it is sent until it has one. */
  #open: Command | undefined;

  constructor(name: string, book: Book, random: SeededRandom) {
    this.#name = name;
    this.#book = book;
    this.#random = random;
  }

  /** Sends commands until the server is gone. Returns what it answered that it should not have. */
  async load(url: string): Promise<string[]> {
    const problems: string[] = [];
    for (;;) {
      const command = this.#open ?? this.#next();
      if (command.key !== "") this.#open = command;
      const answer = await record(url, command);
      if (answer === undefined) return problems;
      this.#open = undefined;
      if (answer.ok) this.#book.noteAnswer(command, answer.text);
      else problems.push(`${command.id} was refused: ${answer.text}`);
    }
  }

  #next(): Command {
    this.#count += 1;
    const id = `${this.#name}-${this.#count}`;
    const random = this.#random;
    const command = {
      id,
      account: accounts[random.integer(accounts.length)] as string,
      amount: 1 + random.integer(100),
      key: this.#count % 2 === 0 ? `key-${id}` : "",
    };
    this.#book.noteSent(command);
    return command;
  }
}

interface Answer {
  readonly ok: boolean;
  readonly text: string;
}

/** Sends a command. Undefined: the server is gone, and nobody knows what has become of it. */
export async function record(url: string, command: Command): Promise<Answer | undefined> {
  const { id, account, amount, key } = command;
  try {
    const response = await fetch(`${url}/${service}/Record`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(key && { "idempotency-key": key }) },
      body: JSON.stringify({ account, id, amount: `${amount}` }),
    });
    return { ok: response.ok, text: await response.text() };
  } catch {
    return undefined;
  }
}

/** All accounts, as the server's query tells of them. */
export async function readAccounts(url: string): Promise<Map<string, Account>> {
  const read = async (account: string): Promise<[string, Account]> => {
    const request = create(GetAccountRequestSchema, { account });
    const response = await fetch(`${url}/${service}/GetAccount`, {
      method: "POST",
      headers: { "content-type": "application/proto" },
      body: toBinary(GetAccountRequestSchema, request),
    });
    if (response.status === 404) return [account, { entries: [], total: 0n }];
    if (!response.ok)
      throw new Error(`account ${account} cannot be read: ${await response.text()}`);
    return [account, fromBinary(GetAccountResponseSchema, await response.bytes())];
  };
  return new Map(await Promise.all(accounts.map(read)));
}
