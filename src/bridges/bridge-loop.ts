import { getOption, hasOption } from "@bufbuild/protobuf";
import { WorldEventSchema } from "../gen/tellurion/v1/client_pb.ts";
import { event } from "../gen/tellurion/v1/options_pb.ts";
import { FeedReader, type LogLevel } from "../runtime/index.ts";
import { type AwsClients, oneAttempt, openAwsClients } from "./aws-clients.ts";
import type { BridgeMessage, BridgeRequest, BridgeSetup } from "./bridge-messages.ts";
import type { BridgedEvent } from "./bridged-event.ts";
import type { CallOutcome, CallPort } from "./call-port.ts";
import { noBridgeCounters } from "./counters.ts";
import { type BridgeIn, startIn } from "./in/start-in.ts";
import { OutSide } from "./out/out-side.ts";
import { snsTopic } from "./out/sns-topic.ts";
import { openTracing } from "./tracing/open-tracing.ts";
import type { Tracing } from "./tracing/tracing.ts";

/** How often the main thread hears what is counted. */
const countersMs = 1_000;

/** Both sides of a bridge, on the thread that they share. */
export class BridgeLoop {
  readonly #post: (message: BridgeMessage) => void;
  readonly #clients: AwsClients;
  readonly #tracing: Tracing;
  readonly #out: OutSide | undefined;
  readonly #in: BridgeIn;
  readonly #calls = new Map<number, (outcome: CallOutcome) => void>();
  readonly #timer: NodeJS.Timeout;
  #lastCall = 0;

  /** Rejects with FAILED_PRECONDITION without the SDK, and with what is wrong with the outbox. */
  static async open(
    setup: BridgeSetup,
    post: (message: BridgeMessage) => void,
  ): Promise<BridgeLoop> {
    const { configuration, outboxPath, newEpoch, world, schema } = setup;
    const clients = await openAwsClients(configuration, oneAttempt);
    const log = (level: LogLevel, text: string) => post({ what: "log", level, text });
    const { out } = configuration;
    const tracing = await openTracing({ ...setup.trace, world });
    const side =
      out &&
      new OutSide({
        ...{ out, outboxPath, newEpoch, world, schema },
        events: mirroredEvents(setup.events),
        topic: await snsTopic(clients.sns, out.topicArn),
        tracing,
        warn: (text) => log("warn", `bridge: ${text}`),
      });
    const loop = new BridgeLoop(post, clients, tracing, side, (call) =>
      startIn(configuration, clients, call, {
        log,
        tracing,
        isOwnEpoch: (epoch) => side?.isOwnEpoch(epoch) ?? false,
      }),
    );
    post({ what: "ready", feed: side && { events: side.events, since: side.since } });
    return loop;
  }

  private constructor(
    post: (message: BridgeMessage) => void,
    clients: AwsClients,
    tracing: Tracing,
    out: OutSide | undefined,
    begin: (call: CallPort) => BridgeIn,
  ) {
    this.#post = post;
    this.#clients = clients;
    this.#tracing = tracing;
    this.#out = out;
    this.#in = begin((call) => {
      this.#lastCall += 1;
      const { promise, resolve } = Promise.withResolvers<CallOutcome>();
      this.#calls.set(this.#lastCall, resolve);
      post({ what: "call", id: this.#lastCall, call });
      return promise;
    });
    this.#timer = setInterval(() => this.#tell(), countersMs);
  }

  async receive(request: BridgeRequest): Promise<void> {
    switch (request.what) {
      case "attach":
        this.#out?.attach(request.end, new FeedReader(request.end, messages));
        return;
      case "detach":
        this.#post({ what: "detached", frame: this.#out?.detach() ?? 0 });
        return;
      case "called":
        this.#calls.get(request.id)?.(request.outcome);
        this.#calls.delete(request.id);
        return;
      case "drain":
        await this.#out?.drain(request.timeoutMs);
        this.#tell();
        this.#post({ what: "drained", id: request.id });
        return;
      case "close":
        await this.#close();
    }
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([this.#in.stop(), this.#out?.close()]);
    this.#clients.close();
    await this.#tracing.close();
  }

  #tell(): void {
    const out = this.#out?.counters() ?? noBridgeCounters;
    const counted = this.#in.counters();
    const requests = out.requests + counted.requests;
    const retries = out.retries + counted.retries;
    this.#post({ what: "counters", counters: { ...out, ...counted, requests, retries } });
  }
}

const messages = WorldEventSchema.fields.flatMap((field) => field.message ?? []);

function mirroredEvents(numbers: readonly number[]): BridgedEvent[] {
  return messages.flatMap((desc) => {
    if (!hasOption(desc, event)) return [];
    const { type: number, topic, delivery, mirrored } = getOption(desc, event);
    return numbers.includes(number) ? [{ number, desc, topic, delivery, mirrored }] : [];
  });
}
