import { parseArgs } from "node:util";

export interface DeployOptions {
  readonly dryRun: boolean;
  /** Begins the names of all that belongs to the world; the stack's name too. */
  readonly prefix: string;
  readonly region: string;
  readonly form: "all-in-one" | "split";
  /** Of the image. Never used before: what a tag names does not change. */
  readonly tag: string;
  /** `AlarmTopicArn=arn:...`, for the template. */
  readonly parameters: readonly string[];
  /** Where a template waits that is too large to be sent along. */
  readonly bucket: string | undefined;
  /** How often a task is asked whether it is well, and how long between. */
  readonly healthAttemptsMax: number;
  readonly healthSpacingMs: number;
}

export const usage = `Usage: node deploy/deploy.ts --region REGION --tag TAG [options]

Builds the server's image, pushes it, deploys a world with it, waits until it is well, and goes back to what was there
before if it is not. It calls docker and aws, which must be on the PATH, and nothing else.

  --region REGION         of AWS
  --tag TAG               of the image; one that was not used before
  --prefix PREFIX         begins all names (tellurion-sample)
  --form FORM             all-in-one or split (all-in-one)
  --parameter KEY=VALUE   of the template; may be repeated
  --s3-bucket NAME        for the template of a split world, which is too large to be sent along
  --health-attempts N     how often tasks are asked whether they are well (60)
  --health-spacing-ms MS  time between two of them (5000)
  --dry-run               prints the commands, and runs none

It ends with 0 if the world is deployed and well; with 1 if a step failed, and what was there before is back; with 2 for
an option that is not valid; and with 3 if it could not go back.`;

const patterns = {
  region: [/^[a-z]{2}(-[a-z]+)+-\d$/, "a region such as eu-central-1"],
  tag: [/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, "1 to 128 of A-Z, a-z, 0-9 and _ . -"],
  prefix: [/^[a-z][a-z0-9-]{0,31}$/, "1 to 32 of a-z, 0-9 and -, a letter first"],
  form: [/^(all-in-one|split)$/, "all-in-one, split"],
  "s3-bucket": [/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket"],
  "health-attempts": [/^[1-9]\d{0,3}$/, "1 to 9999"],
  "health-spacing-ms": [/^\d{1,5}$/, "0 to 99999"],
} as const;

/** What is asked for; `help`; or, as another text, what is not valid. */
export function readOptions(args: readonly string[]): DeployOptions | string {
  let given: Given;
  try {
    given = parse(args);
  } catch (error) {
    return String(error instanceof Error ? error.message : error);
  }
  if (given.help) return "help";
  const wrong = refusalOf(given);
  if (wrong !== undefined) return wrong;
  return {
    dryRun: given["dry-run"] ?? false,
    prefix: given.prefix,
    region: given.region ?? "",
    form: given.form as DeployOptions["form"],
    tag: given.tag ?? "",
    parameters: given.parameter ?? [],
    bucket: given["s3-bucket"],
    healthAttemptsMax: Number(given["health-attempts"]),
    healthSpacingMs: Number(given["health-spacing-ms"]),
  };
}

type Given = ReturnType<typeof parse>;

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean" },
      "dry-run": { type: "boolean" },
      region: { type: "string" },
      tag: { type: "string" },
      prefix: { type: "string", default: "tellurion-sample" },
      form: { type: "string", default: "all-in-one" },
      parameter: { type: "string", multiple: true },
      "s3-bucket": { type: "string" },
      "health-attempts": { type: "string", default: "60" },
      "health-spacing-ms": { type: "string", default: "5000" },
    },
  }).values;
}

function refusalOf(given: Given): string | undefined {
  for (const name of ["region", "tag"] as const) {
    if (given[name] === undefined) return `--${name} is missing; valid: ${patterns[name][1]}`;
  }
  for (const [name, [pattern, valid]] of Object.entries(patterns)) {
    const value = given[name as keyof typeof patterns];
    if (value !== undefined && !pattern.test(value)) return `--${name}=${value}; valid: ${valid}`;
  }
  const strange = given.parameter?.find((each) => !/^(?!Prefix=|Image=)[A-Za-z]+=/.test(each));
  if (strange !== undefined) {
    return `--parameter=${strange}; valid: KEY=VALUE, KEY not Prefix or Image`;
  }
  if (given.form === "split" && given["s3-bucket"] === undefined) {
    return "--s3-bucket is missing; valid: a bucket for the template of a split world";
  }
  return undefined;
}
