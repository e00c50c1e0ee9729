import { fromBinary } from "@bufbuild/protobuf";
import { type ServerMessage, ServerMessageSchema } from "../../src/gen/tellurion/v1/client_pb.ts";
import type { Line } from "../../src/server/gateway/connection.ts";

/** A line that a test fills and drains. It speaks `tellurion.v1.proto`. */
export class FakeLine implements Line {
  bufferedBytes = 0;
  /** What each message adds to what waits. */
  size = 0;
  /** In short: `welcome`, `frame 3`. */
  readonly sent: string[] = [];
  readonly messages: ServerMessage["body"][] = [];
  closedWith: string | undefined;

  /** What waits for the next. */
  readonly #held: Uint8Array[] = [];

  send(data: Uint8Array): void {
    this.flush();
    this.#put(data);
  }

  #put(data: Uint8Array): void {
    this.bufferedBytes += this.size;
    const { body } = fromBinary(ServerMessageSchema, data);
    this.messages.push(body);
    this.sent.push(shortly(body));
  }

  /** How many of them could wait for the next. */
  joined = 0;

  sendWithNext(data: Uint8Array): void {
    this.joined += 1;
    this.send(data);
  }

  hold(data: Uint8Array): void {
    this.#held.push(data);
  }

  flush(): void {
    for (const data of this.#held.splice(0)) this.#put(data);
  }

  close(code: number, reason: string): void {
    this.flush();
    this.closedWith = `${code} ${reason}`;
  }

  /** The last message of a kind. */
  last<Kind extends ServerMessage["body"]["case"]>(kind: Kind) {
    const found = this.messages.findLast((body) => body.case === kind);
    if (found === undefined) throw new Error(`no ${kind} among ${this.sent.join(", ")}`);
    return found.value as Extract<ServerMessage["body"], { case: Kind }>["value"];
  }
}

function shortly(body: ServerMessage["body"]): string {
  switch (body.case) {
    case "frame":
      return `frame ${body.value.frame}`;
    case "gap":
      return `gap ${body.value.fromFrame} to ${body.value.toFrame}${body.value.rewound ? " rewound" : ""}`;
    case "timeDilation":
      return `time ${body.value.factor}`;
    case "resync":
      return `resync ${body.value.reason}`;
    case "waiting":
      return `waiting ${body.value.ahead}`;
    case "problem":
      return `problem ${body.value.code}`;
    default:
      return body.case ?? "empty";
  }
}
