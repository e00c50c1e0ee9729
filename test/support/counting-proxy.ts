import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ApiAction, ApiCall } from "../../src/bridges/cost/count-requests.ts";

type Attributes = Record<string, { readonly DataType?: string; readonly StringValue?: string }>;

interface SqsMessage {
  /** Of one that is sent. */
  readonly MessageBody?: string;
  /** Of one that is received. */
  readonly Body?: string;
  readonly MessageAttributes?: Attributes;
}

/** Stands before an emulator and writes down each call, as it would be on the bill. */
export class CountingProxy {
  readonly calls: ApiCall[] = [];
  readonly #target: string;
  readonly #server = createServer();

  private constructor(target: string) {
    this.#target = target;
  }

  static async open(target: string): Promise<CountingProxy> {
    const proxy = new CountingProxy(target);
    proxy.#server.on("request", (request, response) => void proxy.#forward(request, response));
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString();
      const names = ["content-type", "x-amz-target", "authorization", "x-amz-date"];
      const answer = await fetch(this.#target, {
        method: "POST",
        headers: names.flatMap((name) => {
          const value = request.headers[name];
          return typeof value === "string" ? [[name, value] as [string, string]] : [];
        }),
        body,
        signal: gone.signal,
      });
      const text = await answer.text();
      this.#count(String(request.headers["x-amz-target"] ?? ""), body, text);
      const type = answer.headers.get("content-type") ?? "text/plain";
      response.writeHead(answer.status, { "content-type": type }).end(text);
    } catch {
      response.destroy();
    }
  }

  #count(target: string, body: string, answer: string): void {
    this.calls.push(target === "" ? snsCall(body) : sqsCall(target, body, answer));
  }
}

/** SNS takes forms: `Message=…&MessageAttributes.entry.1.Name=s&…`. */
function snsCall(body: string): ApiCall {
  const form = new URLSearchParams(body);
  const action = form.get("Action") as ApiAction;
  const counted = /(^|[.])(Message|Name|DataType|StringValue|BinaryValue)$/;
  let bytes = 0;
  let messages = 0;
  for (const [name, value] of form) {
    if (/(^|[.])Message$/.test(name)) messages += 1;
    if (counted.test(name)) bytes += Buffer.byteLength(value);
  }
  return { action, bytes, messages };
}

function sqsCall(target: string, body: string, answer: string): ApiCall {
  const action = target.replace(/^AmazonSQS[.]/, "") as ApiAction;
  const sent = JSON.parse(body) as SqsMessage & { readonly Entries?: readonly SqsMessage[] };
  const received = JSON.parse(answer || "{}") as { readonly Messages?: readonly SqsMessage[] };
  const messages = action === "ReceiveMessage" ? received.Messages : (sent.Entries ?? [sent]);
  const bytes = (messages ?? []).reduce((sum, message) => sum + bytesOf(message), 0);
  return { action, bytes, messages: messages?.length ?? 0 };
}

function bytesOf({ MessageBody = "", Body = MessageBody, ...message }: SqsMessage): number {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(
    ([name, { DataType = "", StringValue = "" }]) => `${name}${DataType}${StringValue}`,
  );
  return [Body, ...attributes].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
