import { parseArgs } from "node:util";
import { queueClient } from "../../clients/consumer/src/index.ts";
import { openChronicle } from "./chronicle.ts";

const { values } = parseArgs({
  options: {
    queue: { type: "string" },
    poison: { type: "string" },
    file: { type: "string", default: "chronicle.db" },
    port: { type: "string", default: "7070" },
    region: { type: "string", default: "us-east-1" },
    endpoint: { type: "string" },
  },
});
const { queue, poison, file, port, region, endpoint } = values;
if (queue === undefined) {
  console.error("--queue URL is needed: the queue that is subscribed to the world's topic");
  process.exit(2);
}
// An emulator takes any credentials, but wants some; AWS, which is not reached without TLS, gets those of the environment.
const { AWS_ACCESS_KEY_ID } = process.env;
const isEmulator = AWS_ACCESS_KEY_ID === undefined && endpoint?.startsWith("http:");
const credentials = { accessKeyId: "none", secretAccessKey: "none" };
const chronicle = await openChronicle({
  client: queueClient({
    region,
    ...(endpoint !== undefined && { endpoint }),
    ...(isEmulator && { credentials }),
  }),
  queueUrl: queue,
  poisonQueueUrl: poison,
  file,
  port: Number(port),
  log: (line) => console.error(line),
});
console.log(`the chronicle is written to ${file} and read at ${chronicle.url}`);
const stop = () => void chronicle.close().then(() => process.exit(0));
process.once("SIGINT", stop).once("SIGTERM", stop);
