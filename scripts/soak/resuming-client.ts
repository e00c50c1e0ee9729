import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { WebSocket } from "ws";
import {
  ClientMessageSchema,
  type Frame,
  ServerMessageSchema,
  type Welcome,
} from "../../src/gen/tellurion/v1/client_pb.ts";

type Body = NonNullable<MessageInitShape<typeof ClientMessageSchema>["body"]>;

/** Topics of which each event says which number it has: none may be missing, and none come twice. */
const firstTopic = "weather/one";
/** Subscribed to in the middle of the run. */
const laterTopic = "weather/hits";
/** Events of the first topic after which that is. */
const laterAfter = 30;
/** Frames with reliable events between two acks. */
const ackEvery = 32;

/** A client that comes back whenever its connection is lost, and counts what it hears. */
export class ResumingClient {
  readonly name: string;
  /** What was wrong, for people. */
  readonly problems: string[] = [];
  resumes = 0;
  /** Frames that came again although the client had them, and were passed over. */
  repeated = 0;
  /** Milliseconds between a lost connection and the welcome of the next one, at most. */
  awayMsMost = 0;
  /** The number of the last event of each topic. */
  readonly last = new Map<string, number>();
  #socket: WebSocket | undefined;
  #session = "";
  #resumeToken = "";
  #received = 0n;
  #rewinds = 0;
  #unacked = 0;
  #heard = 0;
  /** The server has said that the client is subscribed to the later topic. */
  #hasLater = false;
  #hasAsked = false;
  #lostAt = 0;
  /** Before the welcome a client says hello, and nothing else. */
  #isWelcome = false;
  #waiting: { readonly what: () => boolean; readonly resolve: () => void }[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** Opens a connection. Resolves when it is welcomed, or the connection has failed. */
  async connect(url: string): Promise<boolean> {
    const socket = new WebSocket(url.replace("http", "ws"), "tellurion.v1.proto");
    this.#socket = socket;
    this.#isWelcome = false;
    const welcomed = Promise.withResolvers<boolean>();
    socket.on("open", () => {
      const { name: client } = this;
      const session = this.#session;
      const resume = { session, resumeToken: this.#resumeToken, ...this.#position };
      this.#say({ case: "hello", value: { client, ...(session !== "" && { resume }) } });
    });
    socket.on("message", (data) => {
      if (this.#socket !== socket) return;
      const { body } = fromBinary(ServerMessageSchema, data as Buffer);
      if (body.case === "welcome") this.#welcome(body.value);
      if (body.case === "welcome") welcomed.resolve(true);
      if (body.case === "frame") this.#take(body.value);
      if (body.case === "subscribed") this.#hasLater = body.value.topics.includes(laterTopic);
      if (body.case === "resync") this.problems.push(`resync: ${body.value.reason}`);
      if (body.case === "gap") this.problems.push(`gap from ${body.value.fromFrame}`);
      if (body.case === "problem") this.problems.push(`${body.value.code} ${body.value.message}`);
    });
    socket.on("error", () => {});
    socket.on("close", () => welcomed.resolve(false));
    return welcomed.promise;
  }

  /** Loses the connection: what is on its way is gone. */
  cut(): void {
    this.#lostAt = performance.now();
    this.#socket?.terminate();
    this.#socket = undefined;
  }

  /** Makes something happen that nobody waits for. */
  hit(): void {
    if (!this.#isWelcome) return;
    const method = "tellurion.test.v1.CounterService/Increase";
    const payload = { case: "json", value: '{"name":"hits","amount":"1"}' } as const;
    this.#say({ case: "call", value: { request: 1, method, payload } });
  }

  /** Resolves when `what` holds. It is looked at after each frame. */
  until(what: () => boolean): Promise<void> {
    if (what()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ what, resolve }));
  }

  get #position() {
    return { received: this.#received, rewinds: this.#rewinds };
  }

  #welcome({ session, resumeToken, resumed, rewinds }: Welcome): void {
    this.#isWelcome = true;
    this.#hasAsked = false;
    if (this.#session === "") this.#say({ case: "subscribe", value: { topics: [firstTopic] } });
    else if (resumed) {
      this.resumes += 1;
      this.awayMsMost = Math.max(this.awayMsMost, performance.now() - this.#lostAt);
    } else this.problems.push("the session was not resumed");
    this.#session = session;
    this.#resumeToken = resumeToken;
    this.#rewinds = rewinds;
  }

  #take({ frame, reliable, events }: Frame): void {
    if (reliable !== 0n) {
      if (reliable <= this.#received) {
        this.repeated += 1;
        this.problems.push(`frame ${reliable} came again after ${this.#received}`);
        return;
      }
      this.#received = reliable;
      this.#unacked += 1;
    }
    for (const { body } of events) {
      if (body.case !== "weatherChanged") continue;
      const { region, newState } = body.value;
      const number = Number(newState.replace("total ", ""));
      const before = this.last.get(region);
      if (before !== undefined && number !== before + 1) {
        this.problems.push(`frame ${frame}: ${region} went from ${before} to ${number}`);
      }
      this.last.set(region, number);
      this.#heard += 1;
    }
    if (this.#heard >= laterAfter && !this.#hasLater && !this.#hasAsked) {
      this.#hasAsked = true;
      this.#say({ case: "subscribe", value: { topics: [laterTopic] } });
    }
    if (this.#unacked >= ackEvery) {
      this.#unacked = 0;
      this.#say({ case: "ack", value: this.#position });
    }
    const ready = this.#waiting.filter(({ what }) => what());
    this.#waiting = this.#waiting.filter((waiting) => !ready.includes(waiting));
    for (const { resolve } of ready) resolve();
  }

  #say(body: Body): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(toBinary(ClientMessageSchema, create(ClientMessageSchema, { body })));
  }
}
