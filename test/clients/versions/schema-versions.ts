import {
  clone,
  create,
  createFileRegistry,
  type DescFile,
  type DescMessage,
  type FileRegistry,
} from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { file_tellurion_v1_client } from "../../../src/gen/tellurion/v1/client_pb.ts";

export const versions = ["older", "present", "newer"] as const;
export type Version = (typeof versions)[number];

/** What the older schema does not have yet: whole messages of the protocol, and fields of those it has. */
const notYet: Readonly<Record<string, readonly string[]>> = {
  ClientMessage: ["ack"],
  ServerMessage: ["waiting", "resync", "area_update"],
  Hello: ["token", "resume", "schema_hash"],
  Welcome: ["resume_token", "resume_window_ms", "resumed", "player", "scopes", "unacked_max"],
  Subscribe: ["rates", "area"],
  Subscribed: ["area"],
  Frame: ["reliable"],
  WorldEvent: ["weather_severe", "storm", "lightning", "language_learned"],
  WeatherEvent: ["transition_seconds", "game_ms"],
  WeatherReading: ["lent_to", "lent_until_ms", "storm", "surface"],
  SetWeatherRequest: ["owner", "glide_seconds"],
};

/** What the newer schema has on top. */
const novelFields: Readonly<Record<string, string | undefined>> = {
  Hello: undefined,
  Welcome: undefined,
  Frame: undefined,
  WeatherEvent: undefined,
  WeatherReading: undefined,
  SetWeatherRequest: undefined,
  WorldEvent: ".tellurion.v1.WeatherEvent",
  ClientMessage: ".tellurion.v1.Ping",
  ServerMessage: ".tellurion.v1.Problem",
};
const novelNumber = 900;

/** The schema as it was before, as it is, or as it may become. */
export function schemaOf(version: Version): FileRegistry {
  const files = [...filesOf(file_tellurion_v1_client, new Map()).values()];
  const file = files.map((proto) => {
    const copy = clone(FileDescriptorProtoSchema, proto);
    for (const message of copy.messageType) change(message, version);
    return copy;
  });
  return createFileRegistry(create(FileDescriptorSetSchema, { file }));
}

export function messageNamed(registry: FileRegistry, name: string): DescMessage {
  const desc = registry.getMessage(`tellurion.v1.${name}`);
  if (!desc) throw new Error(`${name} is not in the schema`);
  return desc;
}

function filesOf(
  { proto, dependencies }: DescFile,
  found: Map<string, FileDescriptorProto>,
): Map<string, FileDescriptorProto> {
  for (const dependency of dependencies) filesOf(dependency, found);
  return found.set(proto.name, proto);
}

function change(message: DescriptorProto, version: Version): void {
  if (version === "older") {
    const gone = notYet[message.name] ?? [];
    for (const name of gone) {
      if (!message.field.some((field) => field.name === name)) throw new Error(`no field ${name}`);
    }
    message.field = message.field.filter(({ name }) => !gone.includes(name));
  }
  if (version !== "newer" || !(message.name in novelFields)) return;
  const typeName = novelFields[message.name];
  const kind = typeName
    ? { type: FieldDescriptorProto_Type.MESSAGE, typeName, oneofIndex: 0 }
    : { type: FieldDescriptorProto_Type.STRING };
  const field = { name: "novel", jsonName: "novel", number: novelNumber, ...kind };
  const label = FieldDescriptorProto_Label.OPTIONAL;
  message.field.push(create(FieldDescriptorProtoSchema, { ...field, label }));
}
