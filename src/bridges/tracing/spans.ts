import type { Attributes, SpanKind, Tracer } from "@opentelemetry/api";
import type { TracerProvider } from "@opentelemetry/sdk-trace";
import { optionalPackage } from "../optional-package.ts";
import type { TraceContext } from "./trace-context.ts";

/** A span of which all is known. */
export interface WholeSpan {
  readonly name: string;
  readonly kind: "producer" | "consumer";
  readonly context: TraceContext;
  readonly parent: TraceContext | undefined;
  readonly startMs: number;
  readonly attributes: Attributes;
  /** Undefined: all went well. */
  readonly error: string | undefined;
}

const queueMax = 2_048;
const batchMax = 256;
const batchDelayMs = 2_000;
const exportMsMax = 5_000;

/**
 * OpenTelemetry's SDK as a way to send spans that are over. Their ids are given and not made up: a pack's were sent with it
 * before its span was there.
 */
export class Spans {
  readonly #api: typeof import("@opentelemetry/api");
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;
  readonly #ids: { traceId: string; spanId: string };

  private constructor(
    api: typeof import("@opentelemetry/api"),
    provider: TracerProvider,
    ids: { traceId: string; spanId: string },
  ) {
    this.#api = api;
    this.#provider = provider;
    this.#tracer = provider.getTracer("tellurion");
    this.#ids = ids;
  }

  /** Loads the SDK. Throws FAILED_PRECONDITION when it is not installed. */
  static async open(endpoint: string, resource: Attributes): Promise<Spans> {
    const load = <Module>(name: string, run: () => Promise<Module>) => optionalPackage(name, run);
    const [api, sdk, exporters, resources] = await Promise.all([
      load("@opentelemetry/api", () => import("@opentelemetry/api")),
      load("@opentelemetry/sdk-trace", () => import("@opentelemetry/sdk-trace")),
      load(
        "@opentelemetry/exporter-trace-otlp-http",
        () => import("@opentelemetry/exporter-trace-otlp-http"),
      ),
      load("@opentelemetry/resources", () => import("@opentelemetry/resources")),
    ]);
    const exporter = new exporters.OTLPTraceExporter({
      url: `${endpoint.replace(/\/$/, "")}/v1/traces`,
      timeoutMillis: exportMsMax,
    });
    const ids = { traceId: "", spanId: "" };
    const provider = new sdk.TracerProvider({
      resource: resources.defaultResource().merge(resources.resourceFromAttributes(resource)),
      // Whoever gets here has been chosen already.
      sampler: new sdk.AlwaysOnSampler(),
      idGenerator: { generateTraceId: () => ids.traceId, generateSpanId: () => ids.spanId },
      spanProcessors: [
        new sdk.BatchSpanProcessor({
          exporter,
          maxQueueSize: queueMax,
          maxExportBatchSize: batchMax,
          scheduledDelayMillis: batchDelayMs,
          exportTimeoutMillis: exportMsMax,
        }),
      ],
    });
    return new Spans(api, provider, ids);
  }

  /** Sends a span that ends now, soon. When too many wait, it is dropped. */
  tell({ name, kind, context, parent, startMs, attributes, error }: WholeSpan): void {
    const { ROOT_CONTEXT, trace, TraceFlags, SpanKind: kinds, SpanStatusCode } = this.#api;
    this.#ids.traceId = context.traceId;
    this.#ids.spanId = context.spanId;
    const kindOfSpan: SpanKind = kind === "producer" ? kinds.PRODUCER : kinds.CONSUMER;
    // A number before the start of the process would be taken for one since the start of the process.
    const options = { kind: kindOfSpan, attributes, startTime: new Date(startMs) };
    const { traceId = "", spanId = "" } = parent ?? {};
    const remote = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
    const above = parent ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT;
    const span = this.#tracer.startSpan(name, options, above);
    if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
    span.end(new Date());
  }

  async close(): Promise<void> {
    // It rejects when the collector is away: nobody is left to be told.
    await this.#provider.shutdown().catch(() => {});
  }
}
