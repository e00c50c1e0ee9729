import { readConfiguration } from "../../../src/bridges/read-configuration.ts";
import { catalogueOf, startWorld } from "../../../src/runtime/host.ts";
import { WorldBridge } from "../../../src/server/bridge/world-bridge.ts";
import { createLog } from "../../../src/server/log.ts";
import { actors } from "../../../test/support/news-world.ts";
import { firstStream, method, newsWorld, outboxFile, readSettings } from "./settings.ts";

/**
 * A world and its bridge: `node scripts/soak/bridge/server.ts SETTINGS`. Says `ready` when it runs. SIGTERM ends the world,
 * and the process when all has gone out; its exit code is 0 when nothing is left.
 */
const drainMs = 120_000;
const settings = readSettings(process.argv[2] ?? "");
const catalogue = catalogueOf(actors);
const out = {
  topicArn: settings.topicArn,
  compression: settings.seed % 2 === 0 ? "zstd" : "none",
  lingerMs: 250,
  streams: [{ name: "first", topics: firstStream }, { name: "others" }],
};
const commands = { queueUrl: settings.commandsQueueUrl, methods: [method] };
const configuration = readConfiguration(
  { endpoint: settings.serverEndpoint, out, commands },
  catalogue,
);
const bridge = await WorldBridge.open(
  { configuration, catalogue, outboxPath: outboxFile(settings.folder) },
  "soak",
  createLog((line) => process.stderr.write(`${line}\n`)),
);
const world = await startWorld({ ...newsWorld(settings), ...bridge.feed });
world.onFailure((error) => {
  console.error(`the world failed: ${error.message}`);
  process.exit(1);
});
bridge.serve(world);
console.log("ready");

process.once("SIGTERM", async () => {
  await world.stop();
  await bridge.close(drainMs);
  const { counters } = bridge;
  const { outboxPacks, feedLost, packsRefused } = counters;
  const { shedCosmetic, shedLatestWins, shedReliable, shedTooLarge } = counters;
  const shed = shedCosmetic + shedLatestWins + shedReliable + shedTooLarge;
  console.error(JSON.stringify(counters));
  process.exit(outboxPacks + feedLost + packsRefused + shed === 0 ? 0 : 1);
});
