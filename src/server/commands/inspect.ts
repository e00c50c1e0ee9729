import type { JsonValue } from "@bufbuild/protobuf";
import { openHistory, type WorldHistory } from "../../runtime/host.ts";
import { TellurionError } from "../../runtime/index.ts";
import { quoted } from "../calls.ts";
import { aborted } from "../interrupts.ts";
import { printable } from "../log.ts";
import { actorsJson } from "../past/actor-json.ts";
import { type ActorDifference, actorDifferences } from "../past/differences.ts";
import { summaryJson, summaryText } from "../past/history-summary.ts";
import { inputJson } from "../past/input-json.ts";
import { defineCommand } from "./command.ts";
import { fileOperand } from "./file-operand.ts";
import { frameOption } from "./frame-option.ts";
import { flag, type Option, type OptionValues } from "./options.ts";
import { actorsModule } from "./world-options.ts";

const addressesShown = 16;

const actor: Option<string | undefined> = {
  placeholder: "ADDRESS",
  about: "prints an actor after a frame: its state, its timers, and the effects it waits for",
  default: undefined,
  valid: "addresses like weather/north-marsh",
  read: (value) => (/^[^/]+\/[^/]+$/.test(value) ? value : undefined),
};

const diff: Option<readonly [number, number] | undefined> = {
  placeholder: "FRAME,FRAME",
  about: "prints what of the actors, or of --actor, is not the same after two frames",
  default: undefined,
  valid: "two frames with a comma between them, like 600,660",
  read(value) {
    const [, before, after] = /^(\d{1,15}),(\d{1,15})$/.exec(value) ?? [];
    return before === undefined ? undefined : [Number(before), Number(after)];
  },
};

const options = {
  file: fileOperand,
  frame: frameOption("prints what the frame took from outside; with --actor: after this frame"),
  actor,
  diff,
  json: flag("prints the summary, or the differences, as one JSON object"),
};

/** Looks into a world's file. */
export const inspectCommand = defineCommand({
  name: "inspect",
  about: "tells what the file of a world holds, and how the world was after any of its frames",
  options,
  async run(values, { print, interrupted }) {
    if (values.diff && values.frame !== undefined) {
      const text =
        "--frame is not valid with --diff; valid are --diff FRAME,FRAME alone or with --actor";
      throw new TellurionError("INVALID_OPTION", text);
    }
    const history = await openHistory(values.file, actorsModule);
    try {
      const text = await Promise.race([look(history, values), aborted(interrupted)]);
      if (text === undefined) throw interrupted.reason;
      print(text);
    } finally {
      history.close();
    }
  },
});

async function look(history: WorldHistory, values: OptionValues<typeof options>): Promise<string> {
  const { file, frame, actor: address, diff: frames, json } = values;
  if (frames) return showDifferences(await compare(history, frames, address), json);
  if (address !== undefined) return pretty(await actorAt(history, address, frame ?? history.last));
  if (frame !== undefined) return pretty(history.inputs(frame).map(inputJson));
  return json ? JSON.stringify(summaryJson(file, history)) : summaryText(file, history);
}

async function actorAt(history: WorldHistory, address: string, frame: number): Promise<JsonValue> {
  const world = await history.worldAt(frame);
  const found = actorsJson(world, address).get(address);
  if (found) return { frame, ...found };
  const { addresses } = world;
  const kind = address.slice(0, address.indexOf("/") + 1);
  const ofItsKind = addresses.filter((other) => other.startsWith(kind));
  const shown = (ofItsKind.length > 0 ? ofItsKind : addresses).slice(0, addressesShown).join(", ");
  throw new TellurionError(
    "NOT_FOUND",
    `actor=${quoted(address)} is not active after frame ${frame}; active are ${shown || "none"}`,
  );
}

async function compare(
  history: WorldHistory,
  [before, after]: readonly [number, number],
  address: string | undefined,
): Promise<ActorDifference[]> {
  const was = actorsJson(await history.worldAt(before), address);
  const is = actorsJson(await history.worldAt(after), address);
  return actorDifferences(was, is);
}

function showDifferences(differences: readonly ActorDifference[], json: boolean): string {
  if (json) return JSON.stringify(differences);
  if (differences.length === 0) return "no actor is different";
  return differences
    .flatMap(({ address, what, fields }) => [
      `${what.padEnd(9)}${address}`,
      ...fields.map(({ path, before, after }) => {
        return printable(`         ${path}: ${show(before)} → ${show(after)}`);
      }),
    ])
    .join("\n");
}

function show(value: JsonValue | undefined): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

function pretty(value: JsonValue): string {
  return JSON.stringify(value, undefined, 2);
}
