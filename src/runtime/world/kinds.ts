import { type DescMessage, type DescMethodUnary, ScalarType } from "@bufbuild/protobuf";
import type { ActorDefinition, Handler, OverflowPolicy } from "../actor/definition.ts";
import { type AttachableView, type Codec, checkCodec, codecOf } from "../codec/index.ts";
import { TellurionError } from "../errors.ts";
import type { Catalogue } from "./catalogue.ts";

/** A handler, with the view it reads through and the codec it answers with. */
export interface BoundHandler {
  /** Its row in the metrics. */
  readonly index: number;
  readonly type: DescMessage;
  readonly name: string;
  readonly run: (state: unknown, message: unknown, ctx: unknown) => unknown;
  readonly overflow: OverflowPolicy;
  readonly method: DescMethodUnary | undefined;
  /** The following are there once it is `ready`. */
  isReady: boolean;
  codec: Codec;
  view: AttachableView<DescMessage>;
  output: Codec | undefined;
}

/**
 * A handler whose first message has come: compiles what it reads and answers with. A world has hundreds of types, and a
 * thread meets few of them.
 */
export function ready(handler: BoundHandler | undefined): BoundHandler | undefined {
  if (handler !== undefined && !handler.isReady) {
    handler.codec = codecOf(handler.type);
    handler.view = handler.codec.createView();
    handler.output = handler.method && codecOf(handler.method.output);
    handler.isReady = true;
  }
  return handler;
}

function boundHandler(handler: Handler, index: number): BoundHandler {
  const method = handler.does === "answer" ? handler.method : undefined;
  const type = handler.does === "answer" ? handler.method.input : handler.type;
  checkCodec(type);
  if (method) checkCodec(method.output);
  return {
    ...{ index, type, method },
    name: method ? `${method.parent.typeName}/${method.name}` : type.typeName,
    run: handler.run as BoundHandler["run"],
    overflow: handler.does === "handle" ? handler.overflow : "reject",
    isReady: false,
    codec: undefined as never,
    view: undefined as never,
    output: undefined,
  };
}

/** Who of a kind listens to an event. */
export interface Subscription {
  /** Local name of the field that must equal the actor's key, where it listens to its own key only. */
  readonly keyField: string | undefined;
}

/** A kind of actor, ready to run: its definition, bound to the catalogue's numbers. */
export interface Kind {
  readonly definition: ActorDefinition;
  /** Compiled when it is first asked for. */
  readonly stateCodec: Codec;
  /** By message id. */
  readonly messages: readonly (BoundHandler | undefined)[];
  /** By method id. */
  readonly calls: readonly (BoundHandler | undefined)[];
  /** By message id of events. */
  readonly subscriptions: ReadonlyMap<number, Subscription>;
}

/** All kinds of a world, by name, and their handlers by metrics row. */
export interface Kinds {
  readonly byName: ReadonlyMap<string, Kind>;
  readonly handlers: readonly { readonly kind: string; readonly name: string }[];
}

/** Binds definitions to a catalogue. Throws INVALID_DEFINITION when they do not fit. */
export function bindKinds(definitions: readonly ActorDefinition[], catalogue: Catalogue): Kinds {
  const byName = new Map<string, Kind>();
  const handlers: { kind: string; name: string }[] = [];
  for (const definition of definitions) {
    if (byName.has(definition.kind)) {
      throw new TellurionError("INVALID_DEFINITION", `kind=${definition.kind} is defined twice`);
    }
    byName.set(definition.kind, bindKind(definition, catalogue, handlers));
  }
  for (const method of catalogue.methods) {
    const kind = byName.get(method.actor);
    if (kind && !kind.calls[method.id]) {
      throw new TellurionError(
        "INVALID_DEFINITION",
        `kind=${method.actor} does not answer ${method.name}, which the schema says it does`,
      );
    }
  }
  return { byName, handlers };
}

function bindKind(
  definition: ActorDefinition,
  catalogue: Catalogue,
  rows: { kind: string; name: string }[],
): Kind {
  refuseFloats(definition, definition.state, new Set());
  const messages: (BoundHandler | undefined)[] = new Array(catalogue.messages.length);
  const calls: (BoundHandler | undefined)[] = new Array(catalogue.methods.length);
  const subscriptions = new Map<number, Subscription>();
  for (const handler of definition.handlers) {
    const bound = boundHandler(handler, rows.length);
    const { name, type } = bound;
    rows.push({ kind: definition.kind, name });
    if (handler.does === "answer") {
      const entry = catalogue.methodByName(name);
      if (entry?.actor !== definition.kind) {
        throw new TellurionError(
          "INVALID_DEFINITION",
          `kind=${definition.kind} answers ${name}, which the schema gives to kind=${entry?.actor}`,
        );
      }
      calls[entry.id] = bound;
      continue;
    }
    const { id, event } = catalogue.messageOf(type);
    messages[id] = bound;
    if (event) subscriptions.set(id, { keyField: handler.ownKey ? event.topicKey : undefined });
    if (handler.ownKey && event?.topicKey === undefined) {
      throw new TellurionError(
        "INVALID_DEFINITION",
        `kind=${definition.kind} handles ${name} with ownKey, but it is no event with a topic key`,
      );
    }
  }
  checkCodec(definition.state);
  return {
    ...{ definition, messages, calls, subscriptions },
    get stateCodec() {
      return codecOf(definition.state);
    },
  };
}

/**
 * A `float` in a state would be rounded to 32 bits when the actor moves or is restored, and not before: placement would
 * show. Messages may have them: they are rounded as they are sent.
 */
function refuseFloats(definition: ActorDefinition, desc: DescMessage, seen: Set<string>): void {
  if (seen.has(desc.typeName)) return;
  seen.add(desc.typeName);
  for (const field of desc.fields) {
    if (field.scalar === ScalarType.FLOAT) {
      throw new TellurionError(
        "INVALID_DEFINITION",
        `state of kind=${definition.kind} has the float ${desc.typeName}.${field.name}: use double`,
      );
    }
    if (field.message) refuseFloats(definition, field.message, seen);
  }
}
