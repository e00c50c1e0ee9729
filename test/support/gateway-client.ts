import type { MessageInitShape } from "@bufbuild/protobuf";
import type { HelloSchema, ResumeSchema } from "../../src/gen/tellurion/v1/client_pb.ts";
import type { Connection } from "../../src/server/gateway/connection.ts";
import type { Gateway } from "../../src/server/gateway/gateway.ts";
import { binarySubprotocol } from "../../src/server/gateway/subprotocol.ts";
import { FakeLine } from "./fake-line.ts";
import { say } from "./spoken.ts";

/** A client of a gateway without a network: what it says is heard at once, and so is what it hears. */
export class GatewayClient {
  readonly line = new FakeLine();
  readonly connection: Connection;
  readonly #gateway: Gateway;

  /** `size`: what each message adds to what waits on its line. `waiting`: what waits there already. */
  constructor(
    gateway: Gateway,
    hello: MessageInitShape<typeof HelloSchema> = {},
    size = 0,
    waiting = 0,
  ) {
    this.#gateway = gateway;
    this.line.size = size;
    this.line.bufferedBytes = waiting;
    this.connection = gateway.accept(this.line, binarySubprotocol);
    this.say({ case: "hello", value: hello });
  }

  get welcome() {
    return this.line.last("welcome");
  }

  say(...bodies: Parameters<typeof say>[2][]): void {
    say(this.#gateway, this.connection, ...bodies);
  }

  subscribe(...topics: string[]): this {
    this.say({ case: "subscribe", value: { request: 1, topics } });
    return this;
  }

  /** `rewinds`: as the last that it was told. */
  ack(received: number, rewinds = this.rewinds): void {
    this.say({ case: "ack", value: { received: BigInt(received), rewinds } });
  }

  /** Its line takes all that waits on it. */
  drain(): void {
    this.line.bufferedBytes = 0;
    this.connection.drained();
  }

  /** Its connection is lost. */
  lose(mayReturn = true): this {
    this.#gateway.remove(this.connection, mayReturn);
    return this;
  }

  /** What it says to go on with its session. */
  resume(
    received: number,
    token = this.welcome.resumeToken,
    rewinds = this.rewinds,
  ): MessageInitShape<typeof ResumeSchema> {
    const { session } = this.welcome;
    return { session, resumeToken: token, received: BigInt(received), rewinds };
  }

  /** The last that it was told. */
  get rewinds(): number {
    const told = this.line.messages.flatMap((body) => {
      if (body.case === "gap" && !body.value.rewound) return [];
      return body.case === "gap" || body.case === "welcome" ? [body.value.rewinds] : [];
    });
    return told.at(-1) ?? 0;
  }

  /** Numbers of the frames that it got, those with reliable events with an `!`. */
  get frames(): string[] {
    return this.line.messages.flatMap((body) =>
      body.case === "frame" ? [`${body.value.frame}${body.value.reliable ? "!" : ""}`] : [],
    );
  }
}
