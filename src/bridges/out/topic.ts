import type { Message } from "./message.ts";

/** Where messages go. Rejects with RefusedMessage for one that will never be taken; everything else may pass. */
export interface Topic {
  publish(message: Message, signal: AbortSignal): Promise<void>;
}

/** There is nothing that time heals about a message. */
export class RefusedMessage extends Error {
  constructor(reason: string, cause: unknown) {
    super(reason, { cause });
    this.name = "RefusedMessage";
  }
}

const refusals = new Set(["InvalidParameter", "InvalidParameterValue", "ParameterValueInvalid"]);
const contentTooLarge = 413;

/**
 * What is wrong with the message itself. What is wrong with the topic or with rights to it (it is not there, or not ours)
 * is no reason to give a message up: somebody will mend it.
 */
export function refusalOf(error: unknown): RefusedMessage | undefined {
  if (!(error instanceof Error)) return undefined;
  const name = error.name.replace(/Exception$/, "");
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const isRefusal = refusals.has(name) && !/TopicArn/i.test(error.message);
  if (!isRefusal && status !== contentTooLarge) return undefined;
  return new RefusedMessage(`${name}: ${error.message}`, error);
}
