import { parts } from "./services.ts";

/** What a template deploys. What may differ between two worlds of one kind is a parameter of the template instead. */
export interface Deployment {
  /**
   * `messages`: topic and queues only, for a world that runs elsewhere. `all-in-one`: the world in one task besides.
   * `split`: each part of it in a task of its own.
   */
  readonly form: "messages" | "all-in-one" | "split";
  /** SNS and SQS keep the order of each stream. Without it, the consumers do. */
  readonly fifo: boolean;
  /** Remote services with a queue for events each. */
  readonly consumers: readonly string[];
  /** Scopes whose commands remote services may send. */
  readonly commandLevels: readonly string[];
  /** Traces go to X-Ray, through a collector beside the server. */
  readonly tracing: boolean;
  /** Addresses that may reach the server. Undefined: none. */
  readonly openTo: string | undefined;
}

export const defaultDeployment: Deployment = {
  form: "all-in-one",
  fifo: false,
  consumers: ["chronicle"],
  commandLevels: ["write"],
  tracing: false,
  openTo: undefined,
};

const consumerPattern = /^[a-z][a-z0-9-]{0,31}$/;
/** Names that queues of the world itself have. */
const taken = /^(events$|commands(-|$))|-(dead|poison)$/;
/** An alarm reads ten metrics at most, and one alarm looks at all queues of a kind. */
const queuesMax = 10;
const forms = ["messages", "all-in-one", "split"];
const levels = ["read", "write", "admin"];

/** Reads `--context` values; refuses what cannot be deployed. */
export function readDeployment(context: (name: string) => unknown): Deployment {
  const value = (name: string): string | undefined => {
    const given = context(name);
    return given === undefined ? undefined : String(given);
  };
  const list = (name: string): readonly string[] | undefined =>
    value(name)?.split(",").filter(Boolean);
  const form = value("form") ?? defaultDeployment.form;
  if (!forms.includes(form)) throw refusal("form", form, forms.join(", "));
  const deployment: Deployment = {
    form: form as Deployment["form"],
    fifo: readFlag("fifo", value("fifo")),
    consumers: list("consumers") ?? defaultDeployment.consumers,
    commandLevels: list("command-levels") ?? defaultDeployment.commandLevels,
    tracing: readFlag("tracing", value("tracing")),
    openTo: value("open-to"),
  };
  checkDeployment(deployment);
  return deployment;
}

function checkDeployment({ form, consumers, commandLevels, openTo }: Deployment): void {
  const strange = consumers.find((consumer) => !consumerPattern.test(consumer));
  if (strange !== undefined) throw refusal("consumers", strange, "a-z, 0-9 and -, at most 32");
  const own: readonly string[] = form === "split" ? parts : [];
  const wrong = consumers.find(
    (name, i) => taken.test(name) || own.includes(name) || consumers.indexOf(name) !== i,
  );
  if (wrong !== undefined) {
    const valid = `names that differ from one another, and from ${["events", "commands", ...own]}`;
    throw refusal("consumers", wrong, valid);
  }
  if (consumers.length + own.length > queuesMax) {
    const valid = `at most ${queuesMax - own.length} consumers`;
    throw refusal("consumers", consumers.join(), valid);
  }
  const unknown = commandLevels.find((level) => !levels.includes(level));
  if (unknown !== undefined) throw refusal("command-levels", unknown, levels.join(", "));
  if (openTo === undefined) return;
  if (form !== "all-in-one") throw refusal("open-to", openTo, "nothing, but for all-in-one");
  if (!/^\d+[.]\d+[.]\d+[.]\d+\/\d+$/.test(openTo)) {
    throw refusal("open-to", openTo, "a block of addresses such as 203.0.113.0/24");
  }
}

function readFlag(name: string, text: string | undefined): boolean {
  if (text !== undefined && text !== "true" && text !== "false") {
    throw refusal(name, text, "true, false");
  }
  return text === "true";
}

function refusal(name: string, value: string, valid: string): Error {
  return new Error(`${name}=${value} cannot be deployed; valid: ${valid}`);
}
