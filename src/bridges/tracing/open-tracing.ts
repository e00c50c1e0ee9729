import { TellurionError } from "../../runtime/index.ts";
import { Spans } from "./spans.ts";
import { newContext, readTraceparent, type TraceContext, traceparentOf } from "./trace-context.ts";
import {
  type CommandTrace,
  noTracing,
  type TracedCommand,
  type TracedPack,
  type Tracing,
  type TracingOptions,
} from "./tracing.ts";

/**
 * Begins tracing where an endpoint is given. Where none is, nothing of OpenTelemetry is loaded. Throws INVALID_OPTION, and
 * FAILED_PRECONDITION when the packages are not installed.
 */
export async function openTracing(options: TracingOptions): Promise<Tracing> {
  const { endpoint, ratio, world } = options;
  if (endpoint === undefined) return noTracing;
  check(endpoint, ratio);
  const resource = { "service.name": "tellurion", "tellurion.world": world };
  const { OTEL_SERVICE_NAME } = process.env;
  if (OTEL_SERVICE_NAME) resource["service.name"] = OTEL_SERVICE_NAME;
  return new OpenTelemetryTracing(await Spans.open(endpoint, resource), ratio);
}

class OpenTelemetryTracing implements Tracing {
  readonly #spans: Spans;
  readonly #ratio: number;

  constructor(spans: Spans, ratio: number) {
    this.#spans = spans;
    this.#ratio = ratio;
  }

  packClosed(): string | undefined {
    return this.#isChosen() ? traceparentOf(newContext(undefined, true)) : undefined;
  }

  packPublished(pack: TracedPack): void {
    this.#tellPack(pack, undefined);
  }

  packRefused(pack: TracedPack, reason: string): void {
    this.#tellPack(pack, reason);
  }

  commandReceived(command: TracedCommand): CommandTrace {
    const parent = readTraceparent(command.traceparent);
    const context = newContext(parent, parent?.isSampled ?? this.#isChosen());
    const startMs = Date.now();
    const end = (error: string | undefined) => {
      if (context.isSampled) this.#tellCommand(command, context, parent, startMs, error);
    };
    return {
      traceparent: traceparentOf(context),
      done: () => end(undefined),
      failed: (code, text) => end(`${code}: ${text}`),
    };
  }

  close(): Promise<void> {
    return this.#spans.close();
  }

  #isChosen(): boolean {
    return Math.random() < this.#ratio;
  }

  #tellPack(pack: TracedPack, error: string | undefined): void {
    const context = readTraceparent(pack.traceparent ?? "");
    if (!context?.isSampled) return;
    this.#spans.tell({
      name: `publish ${pack.stream}`,
      kind: "producer",
      context,
      parent: undefined,
      startMs: pack.closedAtMs,
      attributes: {
        "messaging.system": "aws_sns",
        "messaging.operation.type": "send",
        "messaging.message.body.size": pack.bytes,
        "tellurion.stream": pack.stream,
        "tellurion.sequence": pack.sequence,
        "tellurion.events": pack.events,
        "tellurion.retries": pack.retries,
      },
      error,
    });
  }

  #tellCommand(
    { id, method }: TracedCommand,
    context: TraceContext,
    parent: TraceContext | undefined,
    startMs: number,
    error: string | undefined,
  ): void {
    this.#spans.tell({
      name: `process ${method}`,
      kind: "consumer",
      ...{ context, parent, startMs, error },
      attributes: {
        "messaging.system": "aws_sqs",
        "messaging.operation.type": "process",
        "rpc.method": method,
        "tellurion.command": id,
      },
    });
  }
}

function check(endpoint: string, ratio: number): void {
  if (!/^https?:\/\/[^\s?#]+$/.test(endpoint)) {
    throw new TellurionError(
      "INVALID_OPTION",
      `trace=${JSON.stringify(endpoint)} is not valid; valid are addresses like http://127.0.0.1:4318`,
    );
  }
  if (!(ratio >= 0 && ratio <= 1)) {
    const text = `trace-ratio=${ratio} is not valid; valid are numbers from 0 to 1`;
    throw new TellurionError("INVALID_OPTION", text);
  }
}
