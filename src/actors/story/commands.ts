import {
  type BeginRequest,
  type ChooseRequest,
  type RetconRequest,
  ThreadStatus,
} from "../../gen/tellurion/v1/story_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { checkId, refuse } from "../common/checks.ts";
import { changeFact, missingOf, type Outlet, playerFactsMax, worldFactsMax } from "./canon.ts";
import { append } from "./chronicle.ts";
import { dialogueOf, type Graph, type NodePlace } from "./dialogues.ts";
import {
  checkPlayerRoom,
  type Player,
  playerFor,
  playerNamed,
  read,
  type StoredPlayer,
  type Story,
} from "./players.ts";
import { begunThread, readingOf } from "./reading.ts";
import { factsOf, openAt, type Thread, take, threadOf, threadsMax } from "./threads.ts";

export function begin(story: Story, { player: name, dialogue: of }: BeginRequest, out: Outlet) {
  checkId("player", name);
  const dialogue = dialogueOf(story, of);
  checkPlayerRoom(story, name);
  const known = playerNamed(story, name);
  const begun = threadOf(known, of);
  if (known && begun?.status === ThreadStatus.OPEN) {
    return { node: readingOf(story, known, begun), existed: true };
  }
  if (known && begun === undefined && known.threads.length >= threadsMax) {
    throw new Rejection(
      "RESOURCE_EXHAUSTED",
      `dialogue=${JSON.stringify(of)} is one too many; valid are the ${threadsMax} that were begun`,
    );
  }
  const player = read(playerFor(story, name, out) as StoredPlayer);
  const first = { dialogue: of, at: 0, node: dialogue.node(0), cause: "" };
  const thread = openAt(story, player, first, out) as Thread;
  return { node: readingOf(story, player, thread), existed: false };
}

export function choose(story: Story, request: ChooseRequest, out: Outlet) {
  checkId("player", request.player);
  const dialogue = dialogueOf(story, request.dialogue);
  const { player, thread } = begunThread(story, request.player, request.dialogue);
  const at = stepOf(thread, request);
  const step = thread.steps[at];
  const from = dialogue.named(request.node, step?.at);
  const tags = [...(from?.node.choices[request.choice]?.tags ?? [])];
  if (at < thread.steps.length - 1) {
    if (step?.chosen === request.choice + 1) {
      return { node: readingOf(story, player, thread, at + 1), tags };
    }
    refuseSecond(request, step?.chosen ?? 0);
  }
  if (from === undefined || thread.status !== ThreadStatus.OPEN) {
    throw new Rejection(
      "FAILED_PRECONDITION",
      `node=${JSON.stringify(request.node)} has ended; valid is to begin the dialogue again`,
    );
  }
  const to = checkChoice(story, player, dialogue, from, request.choice);
  take(story, player, thread, { from, number: request.choice, to }, out);
  return { node: readingOf(story, player, thread), tags };
}

/** Place among the steps of the node that the request is about. */
function stepOf(thread: Thread, { node, step }: ChooseRequest): number {
  const current = thread.steps.at(-1)?.node ?? "";
  if (step === 0) {
    const at = thread.steps.findLastIndex((known) => known.node === node);
    if (at >= 0) return at;
    refuse("node", node, `is ${JSON.stringify(current)}, where the dialogue stands`);
  }
  const at = thread.steps.length - 1 - (thread.step - step);
  if (thread.steps[at]?.node === node) return at;
  return refuse("step", step, `is ${thread.step}, at node ${JSON.stringify(current)}`);
}

function refuseSecond({ node, choice }: ChooseRequest, chosen: number): never {
  const made = chosen === 0 ? "no choice was made there" : `choice=${chosen - 1} was made`;
  throw new Rejection(
    "ALREADY_EXISTS",
    `choice=${choice} comes too late: node=${JSON.stringify(node)} has been left, and ${made}; ` +
      "valid are choices on the node where the dialogue stands",
  );
}

/** The node that a choice leads to. Refuses one that cannot be made, and says what is missing. */
function checkChoice(
  story: Story,
  player: Player,
  dialogue: Graph,
  { node }: NodePlace,
  number: number,
): NodePlace {
  const choice = node.choices[number];
  if (choice === undefined) {
    refuse("choice", number, `are integers from 0 to ${node.choices.length - 1}`);
  }
  const missing = missingOf(story, player, choice.requires);
  if (missing.length > 0) {
    throw new Rejection(
      "FAILED_PRECONDITION",
      `choice=${number} is not open yet; what is missing: ${missing.join(", ")}`,
    );
  }
  const more = factsOf(choice).filter(({ holds }) => holds).length;
  if (player.facts.length + more > playerFactsMax) {
    throw new Rejection(
      "RESOURCE_EXHAUSTED",
      `choice=${number} sets more facts than a player has room for; valid are ${playerFactsMax}`,
    );
  }
  return { at: choice.to, node: dialogue.node(choice.to) };
}

export function retcon(story: Story, request: RetconRequest, out: Outlet): boolean {
  const { fact, holds, player, reason } = request;
  checkId("fact", fact);
  checkId("reason", reason);
  if (player !== "") checkId("player", player);
  const known = playerNamed(story, player);
  if (player !== "" && holds) checkPlayerRoom(story, player);
  const facts = player === "" ? story.facts : (known?.facts ?? []);
  const max = player === "" ? worldFactsMax : playerFactsMax;
  if (facts.some((known) => known.fact === fact) === holds) return false;
  if (holds && facts.length >= max) {
    throw new Rejection(
      "RESOURCE_EXHAUSTED",
      `fact=${fact} is one too many; valid are up to ${max} facts`,
    );
  }
  const cause = `retcon/${reason}`;
  const { gameMs } = story;
  const region = known?.stored.region ?? "";
  append(story, { kind: "retcon", id: cause, region, player, subject: fact, gameMs });
  return changeFact(story, { fact, holds, cause, player, gameMs }, out);
}
