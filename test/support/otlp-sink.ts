import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { within } from "./within.ts";

type Value = { readonly stringValue?: string; readonly intValue?: number | string };

/** A span as it comes by OTLP in JSON. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: Record<string, string | number | undefined>;
  /** Of the resource. */
  readonly resource: Record<string, string | number | undefined>;
}

interface Attribute {
  readonly key: string;
  readonly value: Value;
}

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<ReceivedSpan, "attributes"> & {
        readonly attributes: readonly Attribute[];
      })[];
    }[];
  }[];
}

/** Takes traces as a collector does, and keeps them. */
export class OtlpSink {
  readonly spans: ReceivedSpan[] = [];
  readonly #server = createServer();
  #tell = Promise.withResolvers<void>();

  static async open(): Promise<OtlpSink> {
    const sink = new OtlpSink();
    await new Promise<void>((resolve) => sink.#server.listen(0, "127.0.0.1", resolve));
    sink.#server.on("request", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const isTraces = request.method === "POST" && request.url === "/v1/traces";
      if (isTraces) sink.#take(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(isTraces ? 200 : 404, { "content-type": "application/json" }).end("{}");
    });
    return sink;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The spans, when there are so many. */
  async received(count: number): Promise<readonly ReceivedSpan[]> {
    const enough = async () => {
      while (this.spans.length < count) await this.#tell.promise;
    };
    await within(`${count} spans`, enough());
    return this.spans;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take({ resourceSpans }: ExportRequest): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        this.spans.push({
          ...span,
          attributes: readAttributes(span.attributes),
          resource: readAttributes(resource.attributes),
        });
      }
    }
    this.#tell.resolve();
    this.#tell = Promise.withResolvers();
  }
}

function readAttributes(attributes: readonly Attribute[]): ReceivedSpan["attributes"] {
  return Object.fromEntries(
    attributes.map(({ key, value: { stringValue, intValue } }) => [
      key,
      stringValue ?? (intValue === undefined ? undefined : Number(intValue)),
    ]),
  );
}
