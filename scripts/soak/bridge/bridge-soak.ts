import { setTimeout as delay } from "node:timers/promises";
import { queueClient } from "../../../clients/consumer/src/index.ts";
import { SeededRandom, seedRandom } from "../../../src/runtime/actor/random.ts";
import type { Faults } from "../../../test/support/fault-proxy.ts";
import { Commands } from "./commands.ts";
import { type Disturbance, Disturbances } from "./disturbances.ts";
import { Effects } from "./effects.ts";
import { checkCommands, checkTopics, readOutcome } from "./outcome.ts";
import { credentials, effectsFile, region } from "./settings.ts";
import { Stage } from "./stage.ts";

export interface BridgeSoakOptions {
  readonly seconds: number;
  /** Events a second. */
  readonly rate: number;
  readonly seed: number;
  readonly print: (line: string) => void;
}

export interface BridgeSoakResult {
  readonly passed: number;
  readonly failed: number;
  readonly events: number;
}

const problemsShownMax = 20;
/** So that packs are held when somebody is killed. */
const faultsBeforeKillMs = 1_000;
/** For what is left to arrive when nothing is disturbed any more. */
const restMsMax = 300_000;

/**
 * Runs a world, its bridge and a consumer while everything between them fails, and looks in the end whether each event of
 * the world's file came once and in order, and each command took effect once. Each topic is a check, each command is one,
 * and so is what the processes say of themselves.
 */
export async function runBridgeSoak(options: BridgeSoakOptions): Promise<BridgeSoakResult> {
  const { seconds, rate, seed, print } = options;
  const stage = await Stage.build(seed, rate);
  const checks: string[] = [];
  let events = 0;
  try {
    await Promise.all([stage.start("server"), stage.start("consumer")]);
    const { consumerEndpoint: endpoint, commandsQueueUrl } = stage.settings;
    const client = queueClient({ region, endpoint, credentials });
    const commands = new Commands(client, commandsQueueUrl, chanceOf(seed, "commands"));
    commands.begin();
    await disturb(stage, chanceOf(seed, "disturbances"), seconds * 1_000, print);
    await commands.end();
    client.destroy();
    await until("the commands' queue to be empty", async () => {
      return (await stage.depth(commandsQueueUrl)) === 0;
    });
    print(`the server ends: ${await lastLine(stage.stop("server"))}`);
    const outcome = await readOutcome(stage.settings.folder);
    events = [...outcome.topics.values()].reduce((sum, count) => sum + count, 0);
    const effects = new Effects(effectsFile(stage.settings.folder));
    const missing = await until(`${events} events`, async () => effects.total >= events).catch(
      String,
    );
    const left = await untilEmpty(stage);
    print(`the consumer ends: ${await lastLine(stage.stop("consumer"))}`);
    const { sent, repeats } = commands;
    print(
      `${events} events of ${outcome.topics.size} topics; ${sent.length} commands, ${repeats} repeats`,
    );
    checks.push(missing ?? "", left ?? "", effects.problems.slice(0, problemsShownMax).join("; "));
    checks.push(...checkTopics(outcome, effects), ...checkCommands(outcome, sent));
    effects.database.close();
  } catch (error) {
    checks.push(String(error));
  } finally {
    await stage.close(checks.some((problem) => problem !== ""));
  }
  const problems = checks.filter((problem) => problem !== "");
  for (const problem of problems.slice(0, problemsShownMax)) print(`FAILED: ${problem}`);
  if (problems.length > 0) print(`the files are kept in ${stage.settings.folder}`);
  return { passed: checks.length - problems.length, failed: problems.length, events };
}

async function disturb(
  stage: Stage,
  random: SeededRandom,
  totalMs: number,
  print: (line: string) => void,
): Promise<void> {
  const disturbances = new Disturbances(random, totalMs);
  const end = performance.now() + totalMs;
  for (let left = totalMs; left > 0; left = end - performance.now()) {
    const disturbance = disturbances.next(left);
    print(`${Math.round(left / 1_000)} s left: ${textOf(disturbance)}`);
    await bring(stage, disturbance);
  }
  const counts = stage.proxies.map(({ counts }) => JSON.stringify(counts));
  print(`requests of the server ${counts[0]}, of the consumer ${counts[1]}`);
}

/** Resolves when it is over. */
async function bring(stage: Stage, disturbance: Disturbance): Promise<void> {
  const { what, forMs } = disturbance;
  const { proxies } = stage;
  for (const proxy of proxies) {
    proxy.faults = "faults" in disturbance ? disturbance.faults : {};
    if (what === "outage") await proxy.setOutage(true);
  }
  if (what === "kill") {
    await delay(faultsBeforeKillMs);
    await stage.kill(disturbance.who);
  }
  await delay(forMs);
  if (what === "kill") await stage.start(disturbance.who);
  for (const proxy of proxies) {
    proxy.faults = {};
    if (what === "outage") await proxy.setOutage(false);
  }
}

function textOf(disturbance: Disturbance): string {
  const { what, forMs } = disturbance;
  const faults = "faults" in disturbance ? ` ${faultsText(disturbance.faults)}` : "";
  const name = what === "kill" ? `the ${disturbance.who} is killed, with` : what;
  return `${name}${faults} for ${Math.round(forMs)} ms`;
}

function faultsText(faults: Faults): string {
  const some = Object.entries(faults).filter(([, value]) => value > 0);
  return some.map(([name, value]) => `${name}=${Number(value.toPrecision(2))}`).join(" ");
}

/** What is wrong: messages that nobody has acknowledged. Undefined: nothing. */
async function untilEmpty(stage: Stage): Promise<string | undefined> {
  const { eventsQueueUrl } = stage.settings;
  const isEmpty = async () => (await stage.depth(eventsQueueUrl)) === 0;
  return until("the events' queue to be empty", isEmpty).then(() => undefined, String);
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<undefined> {
  const end = performance.now() + restMsMax;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`waited ${restMsMax} ms for ${what}`);
    await delay(250);
  }
}

async function lastLine(log: Promise<string>): Promise<string> {
  return (await log).trim().split("\n").at(-1) ?? "";
}

function chanceOf(seed: number, whose: string): SeededRandom {
  const random = new SeededRandom();
  random.point(seedRandom(seed, whose));
  return random;
}
