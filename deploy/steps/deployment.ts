import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parts } from "../aws/services.ts";
import type { DeployOptions } from "./options.ts";
import { CommandFailed, type Tools } from "./tools.ts";

const root = resolve(import.meta.dirname, "../..");
const templateFile = (name: string): string => join(root, "deploy/aws/templates", `${name}.json`);

/** What was deployed before, to go back to. */
interface Before {
  readonly template: string;
  readonly parameters: readonly string[];
}

interface StackDescription {
  readonly StackStatus: string;
  readonly Parameters?: readonly { ParameterKey: string; ParameterValue: string }[];
}

interface TaskDescription {
  readonly group: string;
  readonly health: string;
  readonly image: string;
}

/** States of a stack that can be changed. */
const settled = ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"];

/** A larger template has to lie in a bucket. */
const templateBytesMax = 51_200;

/** The steps of one deployment, each a few commands. */
export class Deployment {
  readonly #options: DeployOptions;
  readonly #tools: Tools;
  readonly #print: (line: string) => void;
  #image = "";
  #before: Before | undefined;

  constructor(options: DeployOptions, tools: Tools, print: (line: string) => void) {
    this.#options = options;
    this.#tools = tools;
    this.#print = print;
  }

  /** Up to its end, the world that runs is not touched. */
  async prepare(): Promise<void> {
    const { prefix, region, tag } = this.#options;
    this.#print("== look");
    const identity = ["sts", "get-caller-identity", "--query", "Account", "--output", "text"];
    const account = await this.#ask(identity, "ACCOUNT");
    this.#before = await this.#look();
    this.#print("== registry");
    await this.#deployStack(`${prefix}-registry`, templateFile("registry"), [`Prefix=${prefix}`]);
    const registry = `${account}.dkr.ecr.${region}.amazonaws.com`;
    this.#image = `${registry}/${prefix}:${tag}`;
    const password = await this.#ask(["ecr", "get-login-password"], "PASSWORD");
    const login = ["docker", "login", "--username", "AWS", "--password-stdin", registry];
    await this.#tools.run(login, password);
    this.#print("== build");
    await this.#tools.run([
      ...["docker", "build", "--platform", "linux/arm64"],
      ...["--file", join(root, "deploy/Dockerfile"), "--tag", this.#image, root],
    ]);
    this.#print("== push");
    await this.#tools.run(["docker", "push", this.#image]);
  }

  async deploy(): Promise<void> {
    const { prefix, form, parameters } = this.#options;
    this.#print("== deploy");
    const values = [`Prefix=${prefix}`, `Image=${this.#image}`, ...parameters];
    await this.#deployStack(prefix, templateFile(form), values);
    this.#print("== wait");
    await this.#waitUntilStable();
    this.#print("== smoke");
    await this.#smoke();
  }

  /** A stack that was there is deployed as it was; one that was not is taken away. Returns what was done. */
  async goBack(): Promise<string> {
    const { prefix } = this.#options;
    this.#print("== roll back");
    const before = this.#before;
    if (before === undefined) {
      await this.#run(["cloudformation", "delete-stack", "--stack-name", prefix]);
      await this.#run(["cloudformation", "wait", "stack-delete-complete", "--stack-name", prefix]);
      return `${prefix} was taken away: there was none before`;
    }
    const folder = mkdtempSync(join(tmpdir(), "tellurion-"));
    try {
      const file = join(folder, "before.json");
      writeFileSync(file, before.template);
      await this.#deployStack(prefix, file, before.parameters);
    } finally {
      rmSync(folder, { recursive: true });
    }
    return `${prefix} is as it was before`;
  }

  /** The stack as it stands. Undefined: there is none. */
  async #look(): Promise<Before | undefined> {
    const { prefix, bucket } = this.#options;
    const stack = await this.#describe();
    if (stack === undefined) return undefined;
    if (!settled.includes(stack.StackStatus)) {
      const state = `the stack cannot be changed: stack=${prefix} state=${stack.StackStatus}`;
      throw new Error(`${state}; valid: ${settled.join(", ")}, or no stack`);
    }
    const body = ["get-template", "--stack-name", prefix, "--query", "TemplateBody"];
    const template = await this.#ask(["cloudformation", ...body, "--output", "json"], "{}");
    const parameters = (stack.Parameters ?? []).map(
      ({ ParameterKey, ParameterValue }) => `${ParameterKey}=${ParameterValue}`,
    );
    const before = { template: bodyOf(template), parameters };
    if (bucket === undefined && Buffer.byteLength(before.template) > templateBytesMax) {
      throw new Error("--s3-bucket is missing; valid: a bucket for the template to go back to");
    }
    return before;
  }

  async #describe(): Promise<StackDescription | undefined> {
    const { prefix } = this.#options;
    const describe = ["describe-stacks", "--stack-name", prefix, "--query", "Stacks[0]"];
    const dry = JSON.stringify({ StackStatus: "CREATE_COMPLETE" });
    try {
      return JSON.parse(await this.#ask(["cloudformation", ...describe, "--output", "json"], dry));
    } catch (error) {
      // Anything else, such as a lack of rights, must not be taken for a first deployment: going back would delete.
      if (error instanceof CommandFailed && /does not exist/.test(error.message)) return undefined;
      throw error;
    }
  }

  async #deployStack(name: string, file: string, parameters: readonly string[]): Promise<void> {
    const { bucket } = this.#options;
    await this.#run([
      ...["cloudformation", "deploy", "--stack-name", name, "--template-file", file],
      ...["--capabilities", "CAPABILITY_NAMED_IAM", "--no-fail-on-empty-changeset"],
      ...(bucket === undefined ? [] : ["--s3-bucket", bucket]),
      ...(parameters.length === 0 ? [] : ["--parameter-overrides", ...parameters]),
    ]);
  }

  async #waitUntilStable(): Promise<void> {
    const { prefix } = this.#options;
    const services = ["--cluster", prefix, "--services", ...this.#services()];
    await this.#run(["ecs", "wait", "services-stable", ...services]);
  }

  /** Every service has one task, with the new image, whose health check passes: nothing else of it can be reached. */
  async #smoke(): Promise<void> {
    const { dryRun, healthAttemptsMax, healthSpacingMs } = this.#options;
    let lacking = "";
    for (let attempt = 0; attempt < healthAttemptsMax; attempt++) {
      if (attempt > 0) await this.#tools.pause(healthSpacingMs);
      const tasks = await this.#tasks();
      const sick = tasks.find(({ health }) => health === "UNHEALTHY");
      if (sick !== undefined) throw new Error(`a task is not well: ${sick.group}`);
      lacking = this.#services()
        .filter((service) => !tasks.some((task) => this.#isWell(task, service)))
        .join(" ");
      if (lacking === "" || dryRun) return;
    }
    throw new Error(`not well after ${healthAttemptsMax} looks: ${lacking}`);
  }

  #isWell({ group, health, image }: TaskDescription, service: string): boolean {
    return group === `service:${service}` && health === "HEALTHY" && image === this.#image;
  }

  async #tasks(): Promise<readonly TaskDescription[]> {
    const { prefix } = this.#options;
    const list = ["list-tasks", "--cluster", prefix, "--query", "taskArns", "--output", "text"];
    const arns = (await this.#ask(["ecs", ...list], "TASKS")).split(/\s+/).filter(Boolean);
    // The text form of an empty list.
    if (arns.length === 0 || arns[0] === "None") return [];
    const image = "containers[?name=='world'] | [0].image";
    const query = `tasks[].{group: group, health: healthStatus, image: ${image}}`;
    const describe = ["describe-tasks", "--cluster", prefix, "--tasks", ...arns];
    return JSON.parse(
      await this.#ask(["ecs", ...describe, "--query", query, "--output", "json"], "[]"),
    );
  }

  #services(): readonly string[] {
    const { prefix, form } = this.#options;
    return (form === "split" ? parts : ["world"]).map((name) => `${prefix}-${name}`);
  }

  #run(command: readonly string[]): Promise<void> {
    return this.#tools.run(["aws", "--region", this.#options.region, ...command]);
  }

  #ask(command: readonly string[], instead: string): Promise<string> {
    return this.#tools.ask(["aws", "--region", this.#options.region, ...command], instead);
  }
}

/** A template in YAML comes as a text, one in JSON as what it holds. */
function bodyOf(answer: string): string {
  const body: unknown = JSON.parse(answer);
  return typeof body === "string" ? body : JSON.stringify(body);
}
