import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { type ConsumerCounters, openConsumer } from "../../clients/consumer/src/index.ts";
import { History } from "./history.ts";

export interface ChronicleOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly poisonQueueUrl?: string | undefined;
  readonly file: string;
  readonly port: number;
  /** How long a poll waits for messages. */
  readonly waitSeconds?: number;
  readonly log: (line: string) => void;
}

export interface Chronicle {
  readonly url: string;
  readonly counters: ConsumerCounters;
  close(): Promise<void>;
}

const limitMax = 1_000;

/** Writes down what happens in a world, and tells of it over HTTP. */
export async function openChronicle(options: ChronicleOptions): Promise<Chronicle> {
  const { client, queueUrl, poisonQueueUrl, file, port, waitSeconds = 20, log } = options;
  const history = new History(file);
  const server = createServer((request, response) => answer(history, request, response));
  await new Promise<void>((listening, failed) => {
    server.once("error", failed).listen(port, "127.0.0.1", listening);
  });
  const consumer = await openConsumer({
    client,
    queueUrl,
    poisonQueueUrl,
    waitSeconds,
    positions: history.positions,
    onEvents: (delivery) => {
      for (const event of delivery.events) {
        try {
          history.add(event);
        } catch (error) {
          delivery.refuse(event, String(error));
        }
      }
    },
    onGap: ({ stream, first, last }) => log(`packs ${first} to ${last} of ${stream} did not come`),
    onProblem: ({ kind, text }) => log(`${kind}: ${text}`),
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get counters() {
      return consumer.counters;
    },
    close: async () => {
      await consumer.close();
      server.closeAllConnections();
      server.close();
      history.close();
    },
  };
}

function answer(history: History, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://chronicle");
  if (pathname === "/") return void response.setHeader("content-type", "text/html").end(page);
  if (pathname !== "/events") return void response.writeHead(404).end("there is / and /events\n");
  const after = Number(searchParams.get("after") ?? 0);
  const limit = Number(searchParams.get("limit") ?? 100);
  const valid = after >= 0 && limit >= 1 && limit <= limitMax;
  if (!(valid && Number.isInteger(after) && Number.isInteger(limit))) {
    const text = `after: a whole number; limit: 1 to ${limitMax}\n`;
    return void response.writeHead(400).end(text);
  }
  const topic = searchParams.get("topic") ?? undefined;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ events: history.read({ topic, after, limit }) }));
}

const page = `<!doctype html><meta charset="utf-8"><title>Chronicle</title>
<form>Topic <input name="topic" placeholder="weather/north-marsh"> <button>Read</button></form><ol></ol>
<script>
  const topic = new URLSearchParams(location.search).get("topic");
  const query = new URLSearchParams({ limit: 1000, ...(topic && { topic }) });
  const { events } = await (await fetch("/events?" + query)).json();
  for (const { world_time_ms, type, topic, message } of events) {
    const item = document.createElement("li");
    item.textContent = [world_time_ms / 1000 + " s", type, topic, JSON.stringify(message)].join(" · ");
    document.querySelector("ol").append(item);
  }
</script>`.replace("<script>", '<script type="module">');
