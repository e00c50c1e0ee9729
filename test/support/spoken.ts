import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { ClientMessageSchema } from "../../src/gen/tellurion/v1/client_pb.ts";
import type { Connection } from "../../src/server/gateway/connection.ts";
import type { Gateway } from "../../src/server/gateway/gateway.ts";

type Body = NonNullable<MessageInitShape<typeof ClientMessageSchema>["body"]>;

/** What a client says, in `tellurion.v1.proto`. */
export function spoken(body: Body): Uint8Array {
  return toBinary(ClientMessageSchema, create(ClientMessageSchema, { body }));
}

export function say(gateway: Gateway, connection: Connection, ...bodies: Body[]): void {
  for (const body of bodies) gateway.receive(connection, spoken(body), true);
}
