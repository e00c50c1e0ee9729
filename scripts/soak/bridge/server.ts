import { fromJsonString, toBinary } from "@bufbuild/protobuf";
import { Bridge } from "../../../src/bridges/bridge.ts";
import type { CallOutcome, RemoteCall } from "../../../src/bridges/call-port.ts";
import { readConfiguration } from "../../../src/bridges/read-configuration.ts";
import { catalogueOf, schemaHash, startWorld, type World } from "../../../src/runtime/host.ts";
import { TellurionError } from "../../../src/runtime/index.ts";
import { actors } from "../../../test/support/news-world.ts";
import { accounts, firstStream, method, newsWorld, outboxFile, readSettings } from "./settings.ts";

/**
 * A world and its bridge: `node scripts/soak/bridge/server.ts SETTINGS`. Says `ready` when it runs. SIGTERM ends the world,
 * and the process when all has gone out; its exit code is 0 when nothing is left.
 */
const drainMs = 120_000;
const settings = readSettings(process.argv[2] ?? "");
const catalogue = catalogueOf(actors);
const { promise: started, resolve: hasStarted } = Promise.withResolvers<World>();

const bridge = await Bridge.start({
  configuration: readConfiguration(
    {
      endpoint: settings.serverEndpoint,
      out: {
        topicArn: settings.topicArn,
        compression: settings.seed % 2 === 0 ? "zstd" : "none",
        lingerMs: 250,
        streams: [{ name: "first", topics: firstStream }, { name: "others" }],
      },
      commands: { queueUrl: settings.commandsQueueUrl, methods: [method] },
    },
    catalogue,
  ),
  worldName: "soak",
  outboxPath: outboxFile(settings.folder),
  events: catalogue.events,
  schemaHash: schemaHash(catalogue.files).slice(0, 16),
  call: carryOut,
  log: (level, text) => console.error(`bridge: ${level}: ${text}`),
  failed: (error) => {
    console.error(`the bridge failed: ${error.message}`);
    process.exit(1);
  },
});
const world = await startWorld({
  ...newsWorld(settings),
  ...(bridge.feed && { feed: bridge.feed }),
});
world.onFailure((error) => {
  console.error(`the world failed: ${error.message}`);
  process.exit(1);
});
hasStarted(world);
console.log("ready");

process.once("SIGTERM", () => void stop());

async function stop(): Promise<void> {
  await world.stop();
  await bridge.drain(drainMs);
  const { outboxPacks, feedLost, packsRefused, ...counters } = bridge.counters();
  const shed = counters.shedCosmetic + counters.shedLatestWins + counters.shedReliable;
  await bridge.close();
  console.error(JSON.stringify({ outboxPacks, feedLost, packsRefused, shed, ...counters }));
  process.exit(outboxPacks + feedLost + packsRefused + shed === 0 ? 0 : 1);
}

async function carryOut(call: RemoteCall): Promise<CallOutcome> {
  const { payload, idempotencyKey, timeoutMs } = call;
  try {
    const entry = catalogue.methodByName(call.method);
    if (entry === undefined) throw new TellurionError("UNIMPLEMENTED", call.method);
    const json = payload && "json" in payload ? payload.json : "{}";
    const request = fromJsonString(entry.desc.input, json) as { readonly account?: string };
    const key = request.account ?? accounts[0];
    const bytes = toBinary(entry.desc.input, request as never);
    await (await started).call(entry, key, bytes, { timeoutMs, idempotencyKey });
    return { ok: true };
  } catch (error) {
    const code = error instanceof TellurionError ? error.code : "INTERNAL_ERROR";
    return { ok: false, code, text: String(error) };
  }
}
