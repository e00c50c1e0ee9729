import { openAwsClients, severalAttempts } from "../../bridges/aws-clients.ts";
import { viewOf } from "../../bridges/dead-letter-view.ts";
import { type DeadLetter, DeadLetters, sourceOf } from "../../bridges/dead-letters.ts";
import { placeOfQueue } from "../../bridges/place.ts";
import { TellurionError } from "../../runtime/index.ts";
import { messageOf, quoted } from "../calls.ts";
import { printable } from "../log.ts";
import { defineCommand, type Terminal } from "./command.ts";
import { flag, integer, type Option, type OptionValues, text } from "./options.ts";
import { table } from "./table.ts";

const errorCharactersMax = 80;
const titleCharactersMax = 48;
const messagesMax = 100_000;

const actions = ["list", "show", "redrive", "purge"] as const;
type Action = (typeof actions)[number];

const action: Option<Action | undefined> = {
  ...{ placeholder: "ACTION", isOperand: true, about: `one of ${actions.join(", ")}` },
  ...{ default: undefined, valid: actions.join(", ") },
  read: (value) => actions.find((known) => known === value),
};

function queue(placeholder: string, about: string): Option<string | undefined> {
  return {
    ...{ placeholder, about, default: undefined },
    valid: "addresses like https://sqs.eu-west-1.amazonaws.com/123456789012/world-commands-dead",
    read: (value) => (/^https?:\/\/[^/]+\/.+$/.test(value) ? value : undefined),
  };
}

const options = {
  action,
  queue: queue("URL", "the dead-letter queue"),
  to: {
    ...queue("URL", "redrive: where messages go to"),
    defaultText: "the queue of its name without -dead",
  },
  endpoint: {
    ...text("URL", "an emulator, or another place than AWS itself", ""),
    default: undefined,
    defaultText: "where the queue's address says",
    valid: "addresses like http://127.0.0.1:4566",
    read: (value: string) => /^(https?:\/\/[^/]+)\/?$/.exec(value)?.[1],
  },
  message: { ...text("ID", "this message only", ""), defaultText: "all" },
  limit: integer("N", "looks at so many messages, at most", {
    ...{ default: 100, min: 1, max: messagesMax },
  }),
  yes: flag("purge: means it"),
};
type Values = OptionValues<typeof options>;

/** What a command does with messages that are looked at. Gives what is told at the end. */
type Work = (letters: DeadLetters, values: Values, print: Terminal["print"]) => Promise<string>;

/** Looks through a dead-letter queue. */
export const dlqCommand = defineCommand({
  name: "dlq",
  about: "looks through a dead-letter queue of the bridge",
  options,
  details: [
    "  list     a line for each message: why it is here, and what it is",
    "  show     messages as they can be read, with all their attributes",
    "  redrive  sends messages to where they came from, and deletes them here when they are there",
    "  purge    deletes messages for good",
  ],
  async run(values, { print }) {
    const url = required("queue", values.queue);
    const place = placeOfQueue(url, values.endpoint);
    const clients = await openAwsClients(place, severalAttempts);
    const letters = new DeadLetters(clients.sqs, url);
    try {
      print(await works[values.action ?? "list"](letters, values, print));
      await letters.putBack();
    } catch (error) {
      // Where that fails too, the first failure tells more.
      await letters.putBack().catch(() => {});
      if (error instanceof TellurionError) throw error;
      throw new TellurionError("UNAVAILABLE", `${url}: ${messageOf(error)}`, { cause: error });
    } finally {
      clients.close();
    }
  },
});

const works: Readonly<Record<Action, Work>> = { list, show, redrive, purge };

async function list(letters: DeadLetters, values: Values, print: Terminal["print"]) {
  const rows: string[][] = [];
  for await (const letter of chosen(letters, values)) rows.push(rowOf(letter, Date.now()));
  if (rows.length > 0) print(table(["MESSAGE", "AGE", "REASON", "WHAT", "ERROR"], rows));
  return await summary(letters, rows.length, "listed");
}

async function show(letters: DeadLetters, values: Values, print: Terminal["print"]) {
  let shown = 0;
  for await (const { id, body, attributes, sentMs, receives } of chosen(letters, values)) {
    const { title, content } = viewOf({ body, attributes });
    const sent = new Date(sentMs).toISOString();
    print(JSON.stringify({ id, title, sent, receives, attributes, content }, undefined, 2));
    shown += 1;
  }
  return await summary(letters, shown, "shown");
}

async function redrive(letters: DeadLetters, values: Values) {
  const to = values.to ?? sourceOf(values.queue ?? "");
  if (to === undefined) {
    throw new TellurionError(
      "INVALID_OPTION",
      `--to is missing: the name of --queue=${quoted(values.queue ?? "")} does not end with -dead; ` +
        "valid is the address of the queue that its messages are to go to",
    );
  }
  if (to === values.queue) {
    const text = `--to=${quoted(to)} is not valid: the messages are there; valid are other queues`;
    throw new TellurionError("INVALID_OPTION", text);
  }
  let redriven = 0;
  for await (const letter of chosen(letters, values)) {
    await letters.redrive(letter, to);
    redriven += 1;
  }
  return await summary(letters, redriven, `redriven to ${to}`);
}

async function purge(letters: DeadLetters, values: Values) {
  const { waiting, hidden } = await letters.count();
  if (!values.yes) {
    const what = values.message === "" ? `about ${waiting + hidden} messages` : values.message;
    const text = `purge deletes ${what} for good; valid is purge --yes, if that is meant`;
    throw new TellurionError("INVALID_OPTION", text);
  }
  if (values.message === "") {
    await letters.purge();
    return `about ${waiting + hidden} messages deleted`;
  }
  let deleted = 0;
  for await (const letter of chosen(letters, values)) {
    await letters.delete(letter);
    deleted += 1;
  }
  return await summary(letters, deleted, "deleted");
}

/** The messages that the options mean. */
async function* chosen(letters: DeadLetters, { message, limit }: Values) {
  for await (const letter of letters.look(message === "" ? limit : messagesMax)) {
    if (message !== "" && letter.id !== message) continue;
    yield letter;
    if (message !== "") return;
  }
  if (message === "") return;
  throw new TellurionError("NOT_FOUND", `message=${quoted(message)} is not in the queue now`);
}

function rowOf(letter: DeadLetter, nowMs: number): string[] {
  const { id, sentMs, attributes } = letter;
  const { reason = "received too often", error = "" } = attributes;
  const { title } = viewOf(letter);
  const cells = [cut(title, titleCharactersMax), cut(error, errorCharactersMax)];
  return [id, ageOf(nowMs - sentMs), reason, ...cells].map(printable);
}

async function summary(letters: DeadLetters, count: number, done: string): Promise<string> {
  await letters.putBack();
  const { waiting, hidden } = await letters.count();
  return `${count} ${count === 1 ? "message" : "messages"} ${done}; the queue has about ${waiting + hidden}`;
}

const ages = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
] as const;

function ageOf(ms: number): string {
  const [unit, unitMs] = ages.find(([, least]) => ms >= least) ?? ["s", 1_000];
  return `${Math.max(0, Math.floor(ms / unitMs))} ${unit}`;
}

function cut(value: string, charactersMax: number): string {
  return value.length > charactersMax ? `${value.slice(0, charactersMax - 1)}…` : value;
}

function required(name: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new TellurionError("INVALID_OPTION", `--${name} is missing; valid is --${name} URL`);
}
