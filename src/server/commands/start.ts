import { join } from "node:path";
import type { WorldOptions } from "../../runtime/host.ts";
import { authenticatorOf } from "../access/access-options.ts";
import { serve } from "../compose.ts";
import { aborted } from "../interrupts.ts";
import { defaultLimits } from "../limits.ts";
import { createLog } from "../log.ts";
import { lookAhead } from "../look-ahead/look-ahead.ts";
import { onHangUp } from "../reload/hang-up.ts";
import type { RunningServer } from "../running-server.ts";
import type { Services } from "../split/services.ts";
import { accessOptions } from "./access-option.ts";
import { bridgeOf, bridgeOptions } from "./bridge-options.ts";
import { defineCommand } from "./command.ts";
import { type Keeping, keepingOf, keepingOptions } from "./keeping.ts";
import { limitOption, limitsHelp } from "./limit-option.ts";
import { flag, integer, type Option, type OptionValues, text } from "./options.ts";
import { originOption } from "./origin-option.ts";
import { readPack, readWorld, worldOptions } from "./world-options.ts";

const secondsPerHour = 3_600;
const snapshotSpacingSeconds = 300;
const ofTheFile = (option: Option<number | undefined>): Option<number | undefined> => ({
  ...option,
  defaultText: `${option.defaultText}, or what the world's file says`,
});

const options = {
  port: integer("PORT", "port to listen at, 0 for any", { default: 8_080, min: 0, max: 65_535 }),
  host: text("HOST", "address to listen at; any but this machine's own needs keys", "127.0.0.1"),
  ...accessOptions,
  "allow-origin": originOption,
  ...worldOptions,
  seed: ofTheFile(worldOptions.seed),
  "tick-hz": ofTheFile(worldOptions["tick-hz"]),
  ...keepingOptions,
  history: integer("HOURS", "hours of the past that the file keeps, to be looked at again", {
    default: 1,
    min: 0,
    max: 8_760,
  }),
  "handler-ms": integer("MS", "time after which a handler that has not returned is given up", {
    default: 2_000,
    min: 50,
    max: 600_000,
  }),
  realtime: flag("lets frames go before all else that the machine does: on Linux, if allowed"),
  "worker-memory": {
    ...integer("MB", "memory of a worker's heap; one that needs more is lost", {
      default: undefined,
      min: 32,
      max: 65_536,
    }),
    defaultText: "as much as Node gives it",
  },
  ...bridgeOptions,
  verbose: flag("writes what is there for debugging to the log too"),
  limit: limitOption,
};

/** Runs a world and serves it until the user stops it. */
export const startCommand = defineCommand({
  name: "start",
  about: "runs a world and serves it to clients",
  options,
  details: ["Limits:", ...limitsHelp()],
  async run(values, { print, interrupted }) {
    const authenticator = authenticatorOf({
      host: values.host,
      secretFile: values["jwt-secret-file"],
      keySet: values.jwks,
      issuer: values["jwt-issuer"],
      audience: values["jwt-audience"],
    });
    const { world, keeping } = await readKeptWorld(values);
    const { folder, file } = keeping;
    const log = createLog((line) => process.stderr.write(`${line}\n`), values.verbose);
    const bridge = await bridgeOf(values, world, folder, log);
    const server = await serve({
      bridgeConfig: bridge?.config,
      world,
      services: values.services,
      host: values.host,
      port: values.port,
      allowedOrigins: values["allow-origin"],
      limits: { ...defaultLimits, ...values.limit },
      log,
      printMetrics: values.emf ? print : undefined,
      authenticator,
      sessionFile: folder && `${file}-sessions`,
      inMemory: folder === undefined,
      flightFolder: folder && join(folder, "flight"),
      pack: {
        load: () => readPack(values),
        told: keeping.stored ? [] : world.bootstrap,
      },
    });
    const stopListening = onHangUp(() => void server.reload());
    print(greeting(server, keeping, values.services, bridge?.lines ?? []));
    const failure = await Promise.race([server.failed, aborted(interrupted)]);
    await server.close();
    await bridge?.close();
    stopListening();
    if (failure) throw failure;
    print("stopped");
  },
});

/** The world, and where it is kept: what the options leave open, its file says. */
async function readKeptWorld(
  values: OptionValues<typeof options>,
): Promise<{ world: WorldOptions; keeping: Keeping }> {
  const wanted = await readWorld(values);
  const keeping = keepingOf(wanted.name, values);
  const { identity } = keeping.stored ?? {};
  const seed = values.seed ?? identity?.seed ?? wanted.seed;
  const tickHz = values["tick-hz"] ?? identity?.tickHz ?? wanted.tickHz;
  const memory = values["worker-memory"];
  const world: WorldOptions = {
    ...wanted,
    ...{ seed, tickHz, file: keeping.file, handlerMsMax: values["handler-ms"] },
    realtime: values.realtime,
    effects: [lookAhead],
    retention: {
      historyFrames: values.history * secondsPerHour * tickHz,
      snapshotSpacingFrames: snapshotSpacingSeconds * tickHz,
    },
    ...(memory !== undefined && { workerMemoryMb: memory }),
  };
  return { world, keeping };
}

function placeOf({ file, folder, stored }: Keeping): string {
  if (folder === undefined) return "in memory";
  return stored ? `in ${file}, taken up at frame ${stored.reached}` : `in ${file}, new`;
}

function greeting(
  { url, world }: RunningServer,
  keeping: Keeping,
  services: Services | undefined,
  bridgeLines: readonly string[],
): string {
  const partText = services ? `${services.names.join(", ")} of ` : "";
  // The bridge answers only where another part has sent something.
  const query = world.catalogue.methods.find(
    ({ isQuery, key, actor }) => isQuery && key !== undefined && actor !== "bridge",
  );
  const workers = `${world.workers} worker${world.workers === 1 ? "" : "s"}`;
  return [
    `Tellurion runs ${partText}the world ${world.name}: seed ${world.seed}, ${workers}, ` +
      `${world.tickHz} frames a second, ${placeOf(keeping)}`,
    "",
    `  clients   ${url.replace("http", "ws")}   (docs/protocol.md)`,
    `  health    ${url}/healthz`,
    `  metrics   ${url}/metrics`,
    ...bridgeLines,
    ...(query
      ? [`  a call    curl -H 'content-type: application/json' -d '{}' ${url}/${query.name}`]
      : []),
    "  events    npm run --silent tellurion -- watch",
    "",
    "Ctrl-C stops it.",
  ].join("\n");
}
