import { create, fromJsonString, type MessageInitShape, toJsonString } from "@bufbuild/protobuf";
import {
  type ClientMessage,
  ClientMessageSchema,
  ServerMessageSchema,
} from "../../gen/tellurion/v1/client_pb.ts";
import { codecOf, TellurionError } from "../../runtime/index.ts";
import { messageOf } from "../calls.ts";
import { type FrameParts, frameToBinary, frameToJson } from "./frame-encoder.ts";

export type ServerMessageInit = MessageInitShape<typeof ServerMessageSchema>;

/** One of the two forms in which client and server write their messages. */
export interface Subprotocol {
  readonly name: string;
  /** Whether messages travel in binary WebSocket messages; otherwise in text. */
  readonly isBinary: boolean;
  /** Throws CLIENT_MALFORMED_FRAME, and nothing else. */
  decode(data: Uint8Array): ClientMessage;
  encode(message: ServerMessageInit): Uint8Array;
  encodeFrame(frame: FrameParts): Uint8Array;
}

const clientMessages = codecOf(ClientMessageSchema);
const serverMessages = codecOf(ServerMessageSchema);
const textDecoder = new TextDecoder();
const textEncoder = new TextEncoder();

export const binarySubprotocol: Subprotocol = {
  name: "tellurion.v1.proto",
  isBinary: true,
  decode: (data) => understood(() => clientMessages.decodeKnown(data)),
  encode: (message) => serverMessages.toBytes(message),
  encodeFrame: frameToBinary,
};

const jsonSubprotocol: Subprotocol = {
  name: "tellurion.v1.json",
  isBinary: false,
  decode: (data) => understood(() => fromJsonString(ClientMessageSchema, textDecoder.decode(data))),
  encode: (message) =>
    textEncoder.encode(toJsonString(ServerMessageSchema, create(ServerMessageSchema, message))),
  encodeFrame: frameToJson,
};

export const subprotocols = [binarySubprotocol, jsonSubprotocol] as const;

/** The first that the client offers and the server knows. */
export function chooseSubprotocol(offered: Iterable<string>): Subprotocol | undefined {
  for (const name of offered) {
    const known = subprotocols.find((subprotocol) => subprotocol.name === name);
    if (known) return known;
  }
  return undefined;
}

function understood(decode: () => ClientMessage): ClientMessage {
  try {
    return decode();
  } catch (error) {
    throw new TellurionError(
      "CLIENT_MALFORMED_FRAME",
      `this is not a tellurion.v1.ClientMessage: ${messageOf(error)}`,
    );
  }
}
