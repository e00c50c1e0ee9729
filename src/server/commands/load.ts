import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { TellurionError } from "../../runtime/index.ts";
import { messageOf } from "../calls.ts";
import { joinMs, type LoadPlan, type Profile, profiles } from "../load/plan.ts";
import { htmlReport, markdownReport, textReport } from "../load/report.ts";
import { runLoad } from "../load/run.ts";
import { checkValid } from "../load/verdict.ts";
import { defineCommand } from "./command.ts";
import { integer, type Option, text } from "./options.ts";
import { urlOption } from "./url-option.ts";

const threadsMax = 64;
const joinMsMax = 60_000;
const warmUpMs = 4_000;
const isOneOf = (value: string): value is Profile =>
  (profiles as readonly string[]).includes(value);

const profile: Option<Profile> = {
  placeholder: "PROFILE",
  about: "what the clients do: idle, watch (events and an area), play (calls and commands too)",
  default: "watch",
  valid: profiles.join(", "),
  read: (value) => (isOneOf(value) ? value : undefined),
};

const report: Option<string> = {
  ...text("FILE", "writes a page about it, .html or .md", ""),
  defaultText: "none",
  valid: "files that end in .html or .md",
  read: (value) => (/.\.(html|md)$/.test(value) ? value : undefined),
};

/** Plays many clients, and says how the server did. */
export const loadCommand = defineCommand({
  name: "load",
  about: "plays many clients of a world that runs, and measures how it does",
  options: {
    url: urlOption,
    clients: integer("N", "how many clients", { default: 100, min: 1, max: 100_000 }),
    seconds: integer("S", "how long to measure, after all have joined", {
      ...{ default: 30, min: 1, max: 86_400 },
    }),
    profile,
    "joins-per-second": integer("N", "clients that join in a second", {
      ...{ default: 100, min: 1, max: 10_000 },
    }),
    threads: {
      ...integer("N", "threads that play the clients", {
        ...{ default: undefined, min: 1, max: threadsMax },
      }),
      defaultText: "one for 500 clients, as far as there are cores",
    },
    "token-file": {
      ...text("FILE", "a file with the JSON Web Token that all clients show", ""),
      defaultText: "none",
    },
    report,
  },
  details: [
    "Calls are made at times that are fixed beforehand, and measured from these: a server that",
    "stalls cannot hide it by holding the clients up. When clients were cut off, calls failed or",
    "the tool itself was too slow, the last line says NOT VALID and why, and the exit code is 1.",
  ],
  async run(values, { print, interrupted }) {
    const plan: LoadPlan = {
      url: values.url,
      clients: values.clients,
      profile: values.profile,
      joinsPerSecond: values["joins-per-second"],
      seconds: values.seconds,
      joinMsMax,
      warmUpMs,
      threads: values.threads ?? threadsFor(values.clients),
      token: await tokenOf(values["token-file"]),
      run: Date.now().toString(36),
    };
    const seconds = Math.ceil(joinMs(plan) / 1_000) + plan.seconds;
    print(`${plan.clients} clients, ${plan.profile}, at ${plan.url}: at least ${seconds} s\n`);
    const result = await runLoad(plan, interrupted);
    print(textReport(result));
    if (values.report !== "") {
      const page = values.report.endsWith(".md") ? markdownReport(result) : htmlReport(result);
      await writeFile(values.report, page);
    }
    checkValid(result);
  },
});

function threadsFor(clients: number): number {
  return Math.max(1, Math.min(availableParallelism() - 1, threadsMax, Math.ceil(clients / 500)));
}

async function tokenOf(file: string): Promise<string> {
  if (file === "") return "";
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    throw new TellurionError("INVALID_OPTION", `--token-file=${file}: ${messageOf(error)}`);
  }
}
