import { TellurionError } from "../../runtime/index.ts";
import { serve } from "../compose.ts";
import { aborted } from "../interrupts.ts";
import { defaultLimits } from "../limits.ts";
import { createLog } from "../log.ts";
import { isLoopback } from "../loopback.ts";
import type { RunningServer } from "../running-server.ts";
import { defineCommand } from "./command.ts";
import { limitOption, limitsHelp } from "./limit-option.ts";
import { flag, integer, type Option, text } from "./options.ts";
import { originOption } from "./origin-option.ts";
import { readWorld, worldOptions } from "./world-options.ts";

const host: Option<string> = {
  ...text("HOST", "address to listen at", "127.0.0.1"),
  valid:
    "loopback addresses (127.0.0.1, ::1, localhost): at any other, callers must have keys, " +
    "which this version does not know yet",
  read: (value) => (isLoopback(value) ? value : undefined),
};

const data: Option<undefined> = {
  placeholder: "DIR",
  about: "keeps the world on disk: not available yet",
  default: undefined,
  valid: "none yet",
  read() {
    throw new TellurionError(
      "INVALID_OPTION",
      "--data is not available yet: this version keeps worlds in memory only; leave it out, " +
        "or say --memory",
    );
  },
};

/** Runs a world and serves it until the user stops it. */
export const startCommand = defineCommand({
  name: "start",
  about: "runs a world and serves it to clients",
  options: {
    port: integer("PORT", "port to listen at, 0 for any", { default: 8_080, min: 0, max: 65_535 }),
    host,
    "allow-origin": originOption,
    ...worldOptions,
    data,
    memory: flag("keeps the world in memory only, which is what happens anyway so far"),
    verbose: flag("writes what is there for debugging to the log too"),
    limit: limitOption,
  },
  details: ["Limits:", ...limitsHelp()],
  async run(options, { print, interrupted }) {
    const server = await serve({
      world: await readWorld(options),
      host: options.host,
      port: options.port,
      allowedOrigins: options["allow-origin"],
      limits: { ...defaultLimits, ...options.limit },
      log: createLog((line) => process.stderr.write(`${line}\n`), options.verbose),
    });
    print(greeting(server));
    const failure = await Promise.race([server.failed, aborted(interrupted)]);
    await server.close();
    if (failure) throw failure;
    print("stopped");
  },
});

function greeting({ url, world }: RunningServer): string {
  const query = world.catalogue.methods.find(({ isQuery, key }) => isQuery && key !== undefined);
  const workers = `${world.workers} worker${world.workers === 1 ? "" : "s"}`;
  return [
    `Tellurion runs the world ${world.name}: seed ${world.seed}, ${workers}, ` +
      `${world.tickHz} frames a second, in memory`,
    "",
    `  clients   ${url.replace("http", "ws")}   (docs/protocol.md)`,
    `  health    ${url}/healthz`,
    `  metrics   ${url}/metrics`,
    ...(query
      ? [`  a call    curl -H 'content-type: application/json' -d '{}' ${url}/${query.name}`]
      : []),
    "  events    npm run --silent tellurion -- watch",
    "",
    "Ctrl-C stops it.",
  ].join("\n");
}
