import type {
  DescMessage,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { World } from "../src/runtime/host.ts";
import { codecOf } from "../src/runtime/index.ts";

const timeoutMs = 30_000;

/** Calls a method of an actor. */
export async function call<Input extends DescMessage, Output extends DescMessage>(
  world: World,
  key: string,
  method: DescMethodUnary<Input, Output>,
  request: MessageInitShape<Input>,
): Promise<MessageShape<Output>> {
  const entry = world.catalogue.methodByName(`${method.parent.typeName}/${method.name}`);
  if (entry === undefined) throw new Error(`this world does not answer ${method.name}`);
  const bytes = await world.call(entry, key, codecOf(method.input).toBytes(request), {
    timeoutMs,
  });
  return codecOf(method.output).decode(bytes);
}

/** A promise that rejects when the world fails, or an actor of it. */
export function failureOf(world: World): Promise<never> {
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  world.onFailure((error) => failure.reject(error));
  world.onLog(({ level, text }) => {
    if (level === "error") failure.reject(new Error(text));
  });
  return failure.promise;
}
