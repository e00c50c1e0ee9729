import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type AwsClients,
  openAwsClients,
  severalAttempts,
} from "../../../src/bridges/aws-clients.ts";
import {
  type LocalBridge,
  type LocalBridgeOptions,
  startLocalBridge,
} from "../../../src/bridges/local/local-bridge.ts";
import { within } from "../../support/within.ts";

const methods = ["tellurion.v1.WeatherService/SetWeather"];
const startMsMax = 20_000;

describe("a local bridge", () => {
  let folder: string;
  let open: { close(): unknown }[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tellurion-local-"));
    open = [];
  });
  afterEach(async () => {
    for (const each of open.reverse()) await each.close();
    rmSync(folder, { recursive: true });
  });

  async function start(change: Partial<LocalBridgeOptions> = {}): Promise<LocalBridge> {
    const options = { worldName: "sample", dataFolder: undefined, methods, port: 0 };
    const starting = startLocalBridge({ ...options, note: () => {}, ...change });
    const bridge = await within("the local queues", starting, startMsMax);
    open.push(bridge);
    return bridge;
  }

  async function clientsOf({ configuration }: LocalBridge): Promise<AwsClients> {
    const { region, endpoint } = configuration;
    const clients = await openAwsClients({ region, endpoint }, severalAttempts);
    open.push(clients);
    return clients;
  }

  async function received(bridge: LocalBridge, clients: AwsClients): Promise<string[]> {
    const [, queues = ""] = bridge.lines;
    const QueueUrl = queues.trim().split(/\s+/).at(-1);
    const found = await clients.sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 2 });
    return (found.Messages ?? []).map(({ Body = "" }) => Body);
  }

  test("brings what is published to the queue that it names, and has a queue for commands", async () => {
    const bridge = await start();
    const { out, commands } = bridge.configuration;
    const clients = await clientsOf(bridge);
    await clients.sns.publish({ TopicArn: out.topicArn, Message: "pack" });
    expect(await received(bridge, clients)).toEqual(["pack"]);
    expect(commands?.methods).toEqual(methods);
    for (const QueueUrl of [commands?.queueUrl, commands?.deadLetterQueueUrl]) {
      await clients.sqs.sendMessage({ QueueUrl, MessageBody: "{}" });
      const { Messages } = await clients.sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 2 });
      expect(Messages).toHaveLength(1);
    }
  });

  test("says where it is, and how to look at it", async () => {
    const bridge = await start({ worldName: "Öde Welt" });
    const { endpoint, out, commands } = bridge.configuration;
    expect(commands?.queueUrl).toBe(`${endpoint}/000000000000/tellurion--de-Welt-commands`);
    expect(out.topicArn).toMatch(/:tellurion--de-Welt-events$/);
    expect(bridge.lines[0]).toContain(endpoint);
    const text = bridge.lines.join("\n");
    expect(text).toContain(`--endpoint-url ${endpoint} sqs receive-message`);
    expect(text).toMatch(
      /node examples\/chronicle\/main.ts --endpoint \S+ --queue \S+-local --file/,
    );
  });

  test("answers this machine only, since it asks nobody who they are", async () => {
    const bridge = await start();
    const { port } = new URL(bridge.configuration.endpoint ?? "");
    // Another address of the same machine: whoever listens at all of them answers here too.
    const outcome = Promise.withResolvers<string>();
    const socket = connect({ host: "127.0.0.2", port: Number(port) });
    socket.once("connect", () => outcome.resolve("connected"));
    socket.once("error", (error: NodeJS.ErrnoException) => outcome.resolve(error.code ?? ""));
    expect(await within("an answer", outcome.promise)).toBe("ECONNREFUSED");
    socket.destroy();
  });

  test.each([
    ["a page's origin", { origin: "https://page.example" }],
    ["no page's origin", { origin: "null" }],
    ["the name of another machine", { host: "rebound.example" }],
    ["a name that only begins like this machine's", { host: "localhost.example:4566" }],
  ])("takes no form with %s: any page could command the world", async (_, headers) => {
    const bridge = await start();
    expect(await posted(bridge, headers)).toBe(403);
    expect(await received(bridge, await clientsOf(bridge))).toEqual([]);
  });

  test.each(["127.0.0.1:4566", "localhost", "sqs.us-east-1.localhost:4566", "[::1]:80"])(
    "takes what comes from this machine, to the host %s",
    async (host) => {
      expect(await posted(await start(), { host })).toBe(200);
    },
  );

  test("takes another port when the one it wants is taken", async () => {
    const other = await listening();
    const { port } = other.address() as { port: number };
    const bridge = await start({ port });
    expect(new URL(bridge.configuration.endpoint ?? "").port).not.toBe(String(port));
    other.close();
  });

  test("keeps what nobody has taken, with a folder, and makes nothing anew", async () => {
    const first = await start({ dataFolder: folder });
    const clients = await clientsOf(first);
    const { topicArn } = first.configuration.out;
    await clients.sns.publish({ TopicArn: topicArn, Message: "kept" });
    await first.close();
    open.splice(open.indexOf(first), 1);
    const second = await start({ dataFolder: folder });
    expect(second.configuration.out.topicArn).toBe(topicArn);
    expect(await received(second, await clientsOf(second))).toEqual(["kept"]);
  });

  test("drops what nobody takes before it fills the memory, and says so", async () => {
    const told = Promise.withResolvers<string>();
    const bridge = await start({ note: told.resolve });
    const { sns } = await clientsOf(bridge);
    const TopicArn = bridge.configuration.out.topicArn;
    for (let batch = 0; batch <= 100; batch++) {
      const entries = Array.from({ length: 10 }, (_, i) => ({ Id: `${i}`, Message: "pack" }));
      await sns.publishBatch({ TopicArn, PublishBatchRequestEntries: entries });
    }
    expect(await within("word of it", told.promise, 10_000)).toMatch(
      /nobody takes what waits in the queue tellurion-sample-local: \d{4} messages were dropped/,
    );
    expect(await received(bridge, await clientsOf(bridge))).toEqual([]);
  }, 30_000);

  test("says why it does not start", async () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    await expect(start({ dataFolder: file })).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringMatching(/the local queues do not start: .*(ENOTDIR|EEXIST)/),
    });
  });
});

/** The status of the answer to a form that publishes something, as a page can have a browser send it. */
async function posted(bridge: LocalBridge, headers: Record<string, string>): Promise<number> {
  const { endpoint = "", out } = bridge.configuration;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const asking = request(endpoint, { method: "POST", headers: { ...form, ...headers } });
  asking.once("error", reject).once("response", (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  asking.end(
    new URLSearchParams({ Action: "Publish", TopicArn: out.topicArn, Message: "pack" }).toString(),
  );
  return await within("an answer", promise);
}

async function listening(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
