import type {
  DescMessage,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import type { View } from "../codec/index.ts";
import { TellurionError } from "../errors.ts";
import { isKind } from "./address.ts";
import type { ActorContext, InitContext, QueryContext } from "./context.ts";
import { defaultSupervision, type Supervision } from "./supervision.ts";

/**
 * What gives way when more messages reach an actor in one round than its mailbox holds.
 * `reject`: the newest. `latest`: all of the type but the newest one. `oldest`: the oldest of the type.
 * What gives way becomes a dead letter.
 */
export type OverflowPolicy = "reject" | "latest" | "oldest";

export interface HandleOptions {
  readonly overflow?: OverflowPolicy;
  /** For an event with a topic key: hear it only when that key equals the actor's own key. */
  readonly ownKey?: boolean;
}

/** One message or event and what the actor does with it.  */
export interface MessageHandler {
  readonly does: "handle";
  readonly type: DescMessage;
  readonly run: (state: never, message: never, ctx: ActorContext) => void;
  readonly overflow: OverflowPolicy;
  readonly ownKey: boolean;
}

/** One method of an RPC service and how the actor answers it.  */
export interface CallHandler {
  readonly does: "answer";
  readonly method: DescMethodUnary;
  readonly isQuery: boolean;
  readonly run: (state: never, request: never, ctx: never) => unknown;
}

export type Handler = MessageHandler | CallHandler;

/** A kind of actor. Built by `defineActor`. */
export interface ActorDefinition {
  readonly kind: string;
  readonly state: DescMessage;
  readonly init: (ctx: InitContext) => unknown;
  readonly handlers: readonly Handler[];
  /** `on-demand`: a message to any address of the kind activates it. `spawned`: it must have been spawned. */
  readonly activation: "on-demand" | "spawned";
  /** Messages that one actor takes in one round. */
  readonly mailboxMax: number;
  readonly supervision: Supervision;
}

interface ActorOptions<State extends DescMessage> {
  readonly kind: string;
  readonly state: State;
  /** The state an actor begins with. It runs before the actor's first message. */
  readonly init: (ctx: InitContext) => MessageInitShape<State>;
  readonly on: (actor: HandlersOf<MessageShape<State>>) => readonly Handler[];
  readonly activation?: "on-demand" | "spawned";
  readonly mailboxMax?: number;
  readonly supervision?: Partial<Supervision>;
}

const mailboxMaxDefault = 16_384;
const mailboxMaxLimit = 16_777_216;

/** A query changes nothing; the schema marks it NO_SIDE_EFFECTS. */
export function isQuery(method: DescMethodUnary): boolean {
  return method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS;
}

/** Makes the handlers of one kind of actor; `State` is what they find and change. */
export interface HandlersOf<State> {
  /**
   * Handles a message sent to the actor or, where the schema makes the type an event, an event published in the
   * world. The message is a view of shared memory: it is valid until the handler returns; `toObject()` copies it.
   */
  handle<Desc extends DescMessage>(
    type: Desc,
    run: (state: State, message: View<Desc>, ctx: ActorContext) => void,
    options?: HandleOptions,
  ): Handler;
  /** Answers a command. Throw a `Rejection` to refuse it, before the state is changed. */
  answer<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    run: (state: State, request: View<Input>, ctx: ActorContext) => MessageInitShape<Output>,
  ): Handler;
  /** Answers a query: a method that the schema marks NO_SIDE_EFFECTS. It finds a copy of the state. */
  query<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    run: (state: State, request: View<Input>, ctx: QueryContext) => MessageInitShape<Output>,
  ): Handler;
}

const handlers: HandlersOf<never> = {
  handle: (type, run, options = {}) => ({
    does: "handle",
    type,
    run: run as MessageHandler["run"],
    overflow: options.overflow ?? "reject",
    ownKey: options.ownKey ?? false,
  }),
  answer: (method, run) => callHandler(method, run as CallHandler["run"], false),
  query: (method, run) => callHandler(method, run as CallHandler["run"], true),
};

function callHandler(
  method: DescMethodUnary,
  run: CallHandler["run"],
  answersQuery: boolean,
): CallHandler {
  if (isQuery(method) !== answersQuery) {
    throw new TellurionError(
      "INVALID_DEFINITION",
      `${method.parent.typeName}.${method.name} is a ${answersQuery ? "command: use answer()" : "query: use query()"}`,
    );
  }
  return { does: "answer", method, isQuery: answersQuery, run };
}

/** Defines a kind of actor. Throws INVALID_DEFINITION for a definition that contradicts itself. */
export function defineActor<State extends DescMessage>(
  options: ActorOptions<State>,
): ActorDefinition {
  const mailboxMax = options.mailboxMax ?? mailboxMaxDefault;
  if (!isKind(options.kind)) {
    throw new TellurionError(
      "INVALID_DEFINITION",
      `kind=${JSON.stringify(options.kind)} is not valid; valid are lower-case letters, digits and -, at most 32`,
    );
  }
  if (!Number.isInteger(mailboxMax) || mailboxMax < 1 || mailboxMax > mailboxMaxLimit) {
    throw new TellurionError(
      "INVALID_DEFINITION",
      `mailboxMax=${mailboxMax} of kind=${options.kind} is not valid; valid are integers from 1 to ${mailboxMaxLimit}`,
    );
  }
  const defined = options.on(handlers);
  const seen = new Set<string>();
  for (const handler of defined) {
    const name =
      handler.does === "handle"
        ? handler.type.typeName
        : `${handler.method.parent.typeName}.${handler.method.name}`;
    if (seen.has(name)) {
      throw new TellurionError("INVALID_DEFINITION", `kind=${options.kind} handles ${name} twice`);
    }
    seen.add(name);
  }
  return {
    kind: options.kind,
    state: options.state,
    init: options.init,
    handlers: defined,
    activation: options.activation ?? "on-demand",
    mailboxMax,
    supervision: { ...defaultSupervision, ...options.supervision },
  };
}
