import {
  type DescFile,
  type DescMessage,
  type DescMethod,
  type DescMethodUnary,
  type DescService,
  getOption,
  hasOption,
  ScalarType,
} from "@bufbuild/protobuf";
import { file_tellurion_v1_actor } from "../../gen/tellurion/v1/actor_pb.ts";
import { call, type Delivery, event } from "../../gen/tellurion/v1/options_pb.ts";
import { type ActorDefinition, isQuery } from "../actor/definition.ts";
import { TellurionError } from "../errors.ts";

/** A message type of the world. Its id is its place in the catalogue: the same in every thread and every run. */
export interface MessageEntry {
  readonly id: number;
  readonly desc: DescMessage;
  /** Set where the schema makes the message an event. */
  readonly event: EventEntry | undefined;
}

export interface EventEntry {
  /** The event's number on the wire. */
  readonly number: number;
  readonly desc: DescMessage;
  /** First part of its topics. */
  readonly topic: string;
  /** Local name of the string field that holds the second part. */
  readonly topicKey: string | undefined;
  readonly delivery: Delivery;
  readonly mirrored: boolean;
}

/** A method of an RPC service, bound to the actor that answers it. */
export interface MethodEntry {
  readonly id: number;
  /** `tellurion.v1.WeatherService/SetWeather` */
  readonly name: string;
  readonly desc: DescMethodUnary;
  readonly actor: string;
  readonly key: string | undefined;
  /** Local name of the request's field that holds the actor's key. */
  readonly keyField: string | undefined;
  readonly scope: string;
  /** Local name of the request's field that names the player who acts or reads. */
  readonly playerField: string | undefined;
  readonly isQuery: boolean;
  /** Its reply waits until it cannot be lost any more. */
  readonly durable: boolean;
}

/** Everything the schema says about a world's messages, events and methods. */
export interface Catalogue {
  readonly messages: readonly MessageEntry[];
  readonly events: readonly EventEntry[];
  readonly methods: readonly MethodEntry[];
  readonly services: readonly DescService[];
  readonly files: readonly DescFile[];
  /** Throws UNKNOWN_TYPE for a message that no file of the world declares. */
  messageOf(desc: DescMessage): MessageEntry;
  methodByName(name: string): MethodEntry | undefined;
}

/** Reads the catalogue of a set of actors from the files that declare what they handle, and all that these import. */
export function catalogueOf(actors: readonly ActorDefinition[]): Catalogue {
  const files = new Map<string, DescFile>();
  addFile(files, file_tellurion_v1_actor);
  for (const actor of actors) {
    addFile(files, actor.state.file);
    for (const handler of actor.handlers) {
      addFile(files, handler.does === "handle" ? handler.type.file : handler.method.parent.file);
    }
  }
  const sorted = [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const messages = sorted
    .flatMap((file) => file.messages.flatMap(withNested))
    .sort((a, b) => (a.typeName < b.typeName ? -1 : 1))
    .map((desc, id) => ({ id, desc, event: eventOf(desc) }));
  const services = sorted.flatMap((file) => file.services);
  const methods = services.flatMap((service) => service.methods).flatMap(methodOf);
  refuseSharedNumbers(messages.flatMap((entry) => entry.event ?? []));
  const byDesc = new Map(messages.map((entry) => [entry.desc, entry]));
  const byName = new Map(methods.map((entry) => [entry.name, entry]));
  return {
    messages,
    events: messages.flatMap((entry) => entry.event ?? []).sort((a, b) => a.number - b.number),
    methods,
    services,
    files: sorted,
    messageOf(desc) {
      const entry = byDesc.get(desc);
      if (entry) return entry;
      throw new TellurionError(
        "UNKNOWN_TYPE",
        `${desc.typeName} is in no file that an actor of this world handles messages of`,
      );
    },
    methodByName: (name) => byName.get(name),
  };
}

function refuseSharedNumbers(events: readonly EventEntry[]): void {
  const byNumber = new Map<number, EventEntry>();
  for (const entry of events) {
    const other = byNumber.get(entry.number);
    if (other) {
      throw new TellurionError(
        "INVALID_DEFINITION",
        `${entry.desc.typeName} and ${other.desc.typeName} are both event number ${entry.number}`,
      );
    }
    byNumber.set(entry.number, entry);
  }
}

function addFile(files: Map<string, DescFile>, file: DescFile): void {
  if (files.has(file.name)) return;
  files.set(file.name, file);
  for (const dependency of file.dependencies) {
    if (!dependency.name.startsWith("google/")) addFile(files, dependency);
  }
}

function withNested(desc: DescMessage): DescMessage[] {
  return [desc, ...desc.nestedMessages.flatMap(withNested)];
}

function eventOf(desc: DescMessage): EventEntry | undefined {
  if (!hasOption(desc, event)) return undefined;
  const option = getOption(desc, event);
  const keyField = desc.fields.find((field) => field.name === option.topicKey);
  const badKey = option.topicKey !== "" && keyField?.scalar !== ScalarType.STRING;
  if (option.type === 0 || option.topic === "" || badKey) {
    throw new TellurionError(
      "INVALID_DEFINITION",
      `event option of ${desc.typeName} needs a type, a topic and, if any, a topic_key that is a string field`,
    );
  }
  return {
    number: option.type,
    desc,
    topic: option.topic,
    topicKey: keyField?.localName,
    delivery: option.delivery,
    mirrored: option.mirrored,
  };
}

function methodOf(desc: DescMethod, id: number): MethodEntry[] {
  const name = `${desc.parent.typeName}/${desc.name}`;
  if (desc.methodKind !== "unary" || !hasOption(desc, call)) {
    throw new TellurionError(
      "INVALID_DEFINITION",
      `${name} must be unary and have the call option`,
    );
  }
  const method = desc as DescMethodUnary;
  const option = getOption(desc, call);
  const { address } = option;
  const keyField =
    address.case === "keyField"
      ? desc.input.fields.find((field) => field.name === address.value)?.localName
      : undefined;
  const key = address.case === "key" ? address.value : undefined;
  const player = desc.input.fields.find((field) => field.name === option.playerField);
  if (option.playerField !== "" && player?.scalar !== ScalarType.STRING) {
    throw new TellurionError(
      "INVALID_DEFINITION",
      `call option of ${name} has a player_field that is no string field of the request`,
    );
  }
  if (option.actor === "" || (key === undefined && keyField === undefined)) {
    throw new TellurionError(
      "INVALID_DEFINITION",
      `call option of ${name} needs an actor, and a key or the name of a request's field that holds it`,
    );
  }
  return [
    {
      id,
      name,
      desc: method,
      actor: option.actor,
      key,
      keyField,
      scope: option.scope,
      playerField: player?.localName,
      isQuery: isQuery(method),
      durable: option.durable && !isQuery(method),
    },
  ];
}
