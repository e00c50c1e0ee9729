import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request as requestOf,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { SeededRandom, seedRandom } from "../../src/runtime/actor/random.ts";

/**
 * `unavailable`: answers 503. `throttled`: answers as SNS or SQS do when there are too many requests. `reset`: ends the
 * connection. `halfOpen`: takes the request and never answers. `dropped`: the request is delivered, and its answer is lost.
 */
const faultNames = ["unavailable", "throttled", "reset", "halfOpen", "dropped"] as const;
type FaultName = (typeof faultNames)[number];

/** How probable each fault is, 0 to 1; their sum is at most 1. What passes is late by anything up to `latencyMs`. */
export type Faults = Partial<Record<FaultName | "latencyMs", number>>;

export interface FaultStep {
  readonly afterMs: number;
  readonly faults?: Faults;
  /** Connections are refused, and those there are ended. */
  readonly outage?: boolean;
}

/** Stands before an endpoint and does to its requests what networks and AWS do. */
export class FaultProxy {
  readonly counts = {
    passed: 0,
    unavailable: 0,
    throttled: 0,
    reset: 0,
    halfOpen: 0,
    dropped: 0,
    outages: 0,
  };
  faults: Faults = {};
  readonly #target: string;
  readonly #random = new SeededRandom();
  readonly #server: Server;
  #planned: NodeJS.Timeout[] = [];
  #port = 0;

  private constructor(target: string, seed: number) {
    this.#target = target;
    this.#random.point(seedRandom(seed, "faults"));
    this.#server = createServer((request, response) => this.#take(request, response));
  }

  /** `target`: `http://127.0.0.1:4566`. The same seed draws the same faults for the same order of requests. */
  static async start(target: string, seed: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, seed);
    await proxy.#listen();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async setOutage(away: boolean): Promise<void> {
    if (away !== this.#server.listening) return;
    if (!away) return this.#listen();
    this.counts.outages += 1;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** What is to happen from now on, and when. Replaces what was planned before. */
  plan(steps: readonly FaultStep[]): void {
    this.#forgetPlan();
    this.#planned = steps.map(({ afterMs, faults, outage }) => {
      return setTimeout(() => {
        if (faults) this.faults = faults;
        if (outage !== undefined) void this.setOutage(outage);
      }, afterMs);
    });
  }

  async close(): Promise<void> {
    this.#forgetPlan();
    await this.setOutage(true);
  }

  #forgetPlan(): void {
    for (const timer of this.#planned) clearTimeout(timer);
    this.#planned = [];
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #draw(): FaultName | "passed" {
    let left = this.#random.next();
    for (const name of faultNames) {
      left -= this.faults[name] ?? 0;
      if (left < 0) return name;
    }
    return "passed";
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const fate = this.#draw();
    this.counts[fate] += 1;
    // Who gives up does so in the midst of either.
    request.on("error", () => {});
    response.on("error", () => {});
    if (fate === "passed" || fate === "dropped") {
      const lateMs = this.#random.next() * (this.faults.latencyMs ?? 0);
      setTimeout(() => this.#pass(request, response, fate === "dropped"), lateMs);
    } else if (fate === "reset") resetOf(request.socket);
    else {
      request.resume();
      if (fate === "unavailable") response.writeHead(503).end("Service Unavailable");
      else if (fate === "throttled") throttle(request, response);
    }
  }

  #pass(request: IncomingMessage, response: ServerResponse, drop: boolean): void {
    const { method, url, headers } = request;
    const onward = requestOf(`${this.#target}${url}`, { method: method ?? "GET", headers });
    onward.on("error", () => resetOf(request.socket));
    onward.on("response", (answer) => {
      if (drop) answer.resume().on("end", () => resetOf(request.socket));
      else answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers));
      answer.on("error", () => resetOf(request.socket));
    });
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  }
}

function resetOf(socket: Socket): void {
  if (!socket.destroyed) socket.resetAndDestroy();
}

/** SQS speaks JSON, SNS the query protocol with XML. */
function throttle({ headers }: IncomingMessage, response: ServerResponse): void {
  const message = "Rate exceeded";
  if (headers["x-amz-target"] !== undefined) {
    response.writeHead(400, {
      "content-type": "application/x-amz-json-1.0",
      "x-amzn-query-error": "RequestThrottled;Sender",
    });
    response.end(JSON.stringify({ __type: "com.amazonaws.sqs#RequestThrottled", message }));
    return;
  }
  response.writeHead(400, { "content-type": "text/xml" });
  const error = `<Type>Sender</Type><Code>Throttling</Code><Message>${message}</Message>`;
  const namespace = "http://sns.amazonaws.com/doc/2010-03-31/";
  response.end(
    `<ErrorResponse xmlns="${namespace}"><Error>${error}</Error><RequestId>0</RequestId></ErrorResponse>`,
  );
}
