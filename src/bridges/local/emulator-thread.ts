import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { Server as HttpServer } from "node:http";
import { type AddressInfo, createServer, type ListenOptions, Server } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import type { FauxqsServer } from "fauxqs";
import { TellurionError } from "../../runtime/index.ts";
import { openAwsClients, severalAttempts } from "../aws-clients.ts";
import { optionalPackage } from "../optional-package.ts";
import { regionOfEmulators as region } from "../place.ts";
import { setUp } from "../setup.ts";
import type { EmulatorOptions, EmulatorReport, Made } from "./emulator.ts";
import { refusePages } from "./page-guard.ts";

const loopback = "127.0.0.1";
/** Of one queue. The emulator never drops a message because of its age, as SQS would. */
const waitingMax = 1_000;
const lookMs = 2_000;

const options = workerData as EmulatorOptions;
const report = (message: EmulatorReport) => parentPort?.postMessage(message);

try {
  listenToThisMachineOnly();
  const server = await start();
  // What fails is tried again at the next look.
  const watch = setInterval(() => void emptyFullQueues(server).catch(() => {}), lookMs);
  parentPort?.once("message", async () => {
    clearInterval(watch);
    await server.stop();
    process.exit();
  });
  report({ kind: "ready", made: await make(`http://${loopback}:${server.port}`) });
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof TellurionError ? error.code : "UNAVAILABLE";
  report({ kind: "fails", code, text: `the local queues do not start: ${text}` });
}

/** The emulator listens at all addresses, to all, and gives no choice. Nothing else listens in this thread. */
function listenToThisMachineOnly(): void {
  const { listen } = Server.prototype;
  Server.prototype.listen = function (this: Server, ...args: unknown[]): Server {
    const [{ port = 0 }, ...rest] = args as [ListenOptions, ...(() => void)[]];
    if (this instanceof HttpServer) refusePages(this);
    return listen.call(this, { port, host: loopback }, ...rest);
  } as typeof listen;
}

async function start(): Promise<FauxqsServer> {
  const { startFauxqs } = await optionalPackage("fauxqs", () => import("fauxqs"));
  const { folder } = options;
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  return startFauxqs({
    port: (await isFree(options.port)) ? options.port : 0,
    logger: false,
    defaultRegion: region,
    ...(folder !== undefined && { dataDir: folder }),
  });
}

/** Here, so that no other thread has the SDK for it. */
async function make(endpoint: string): Promise<Made> {
  const clients = await openAwsClients({ region, endpoint }, severalAttempts);
  try {
    const { topicArn, queueUrls } = await setUp(options.wishes, clients);
    return { endpoint, topicArn, queueUrls };
  } finally {
    clients.close();
  }
}

/** Looks first: an emulator that could not listen would keep its files open. */
async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen({ port });
    await once(probe, "listening");
    return (probe.address() as AddressInfo).port > 0;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}

async function emptyFullQueues(server: FauxqsServer): Promise<void> {
  for (const queue of options.emptied) {
    const { url, attributes = {} } = server.inspectQueue(queue) ?? {};
    const { ApproximateNumberOfMessages: messages = 0 } = attributes;
    if (url === undefined || Number(messages) <= waitingMax) continue;
    const answer = await fetch(`http://${loopback}:${server.port}/`, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "AmazonSQS.PurgeQueue",
      },
      body: JSON.stringify({ QueueUrl: url }),
    });
    if (answer.ok) report({ kind: "empties", queue, messages: Number(messages) });
  }
}
