import { readFileSync } from "node:fs";
import {
  createFileRegistry,
  type DescExtension,
  type DescMessage,
  type DescMethod,
  type FileRegistry,
  fromBinary,
  getOption,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema, MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { type Part, parts } from "./services.ts";

/** What a part of the world tells remote services, and what they may ask of it. */
export interface PartCatalogue {
  /** Names of the event types that it mirrors: `WEATHER_CHANGED`. */
  readonly mirrored: readonly string[];
  readonly commands: readonly CommandMethod[];
}

export interface CommandMethod {
  /** `tellurion.v1.WeatherService/SetWeather` */
  readonly name: string;
  /** `weather:write` */
  readonly scope: string;
}

const acceptedSchema = new URL("../../proto/accepted.binpb", import.meta.url);

/** Reads the options of events and methods out of the schema that is in force. */
export function readCatalogue(schema: URL = acceptedSchema): ReadonlyMap<Part, PartCatalogue> {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(schema)));
  return new Map(parts.map((part) => [part, readPart(registry, part)]));
}

function readPart(registry: FileRegistry, part: Part): PartCatalogue {
  const file = registry.getFile(`tellurion/v1/${part}.proto`);
  if (file === undefined) throw new Error(`the schema has no file for the part: part=${part}`);
  const event = optionOf(registry, "event");
  const call = optionOf(registry, "call");
  const types = registry.getEnum("tellurion.v1.EventType");
  return {
    mirrored: file.messages.flatMap((message) => {
      const { type, mirrored } = readOption(message, event);
      const name = types?.value[Number(type)]?.name.replace("EVENT_TYPE_", "");
      return mirrored === true && name !== undefined ? [name] : [];
    }),
    commands: file.services
      .flatMap(({ methods }) => methods)
      .filter(({ idempotency }) => idempotency !== MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS)
      .map((method) => {
        const { scope } = readOption(method, call);
        return { name: `${method.parent.typeName}/${method.name}`, scope: String(scope) };
      }),
  };
}

function optionOf(registry: FileRegistry, name: string): DescExtension {
  const extension = registry.getExtension(`tellurion.v1.${name}`);
  if (extension === undefined) throw new Error(`the schema has no such option: option=${name}`);
  return extension;
}

function readOption(
  described: DescMessage | DescMethod,
  extension: DescExtension,
): Readonly<Record<string, unknown>> {
  return getOption(
    described,
    extension as DescExtension & Parameters<typeof getOption>[1],
  ) as never;
}

/** Commands that remote services may send: those of a scope such as `write`. */
export function commandsOf(
  catalogue: PartCatalogue | undefined,
  levels: readonly string[],
): readonly string[] {
  const allowed = catalogue?.commands.filter(({ scope }) =>
    levels.includes(scope.split(":")[1] ?? ""),
  );
  return (allowed ?? []).map(({ name }) => name);
}
