import {
  type StoredPlayer as StoredPlayerMessage,
  type StoryPlayer as StoryPlayerMessage,
  StoryPlayerSchema,
  type StoryState,
} from "../../gen/tellurion/v1/story_pb.ts";
import { type ActorContext, codecOf, Rejection } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";

export type Story = Plain<StoryState>;
export type StoredPlayer = Plain<StoredPlayerMessage>;

/** What the story knows of a player, read from the bytes that the state holds. Whoever changes it calls `keep`. */
export type Player = Plain<StoryPlayerMessage> & { readonly stored: StoredPlayer };

/** Players that the story remembers at most. Who comes after them has no story, and no facts. */
export const playersMax = 16_384;

/** Players by name, and what was read of them. Derived: kept beside what it was read from. */
const byName = new WeakMap<readonly StoredPlayer[], Map<string, StoredPlayer>>();
const readings = new WeakMap<StoredPlayer, Player>();

function indexOf(players: readonly StoredPlayer[]): Map<string, StoredPlayer> {
  const known = byName.get(players);
  if (known !== undefined) return known;
  const index = new Map(players.map((stored) => [stored.player, stored]));
  byName.set(players, index);
  return index;
}

export function read(stored: StoredPlayer): Player {
  const known = readings.get(stored);
  if (known !== undefined) return known;
  const { facts, threads } = codecOf(StoryPlayerSchema).decode(stored.content);
  const player = { stored, facts, threads };
  readings.set(stored, player);
  return player;
}

/** Writes what has changed of a player into the state. Before anything is said of it, so that both always agree. */
export function keep({ stored, facts, threads }: Player): void {
  stored.content = codecOf(StoryPlayerSchema).toBytes({ facts, threads });
}

export function playerNamed(story: Story, name: string): Player | undefined {
  const stored = indexOf(story.players).get(name);
  return stored && read(stored);
}

/** The player of that name, made known if need be. Undefined, with a line in the log, when there is no room. */
export function playerFor(
  story: Story,
  name: string,
  out: Pick<ActorContext, "log">,
): StoredPlayer | undefined {
  const index = indexOf(story.players);
  const known = index.get(name);
  if (known !== undefined) return known;
  if (story.players.length >= playersMax) {
    out.log("warn", `player=${name} is left out of the story: ${playersMax} players are known`);
    return undefined;
  }
  const stored: StoredPlayer = { player: name, region: "", content: new Uint8Array() };
  story.players.push(stored);
  index.set(name, stored);
  return stored;
}

/** Refuses a player who would be one too many. */
export function checkPlayerRoom(story: Story, name: string): void {
  if (indexOf(story.players).has(name) || story.players.length < playersMax) return;
  throw new Rejection(
    "RESOURCE_EXHAUSTED",
    `player=${JSON.stringify(name)} is one too many; ` +
      `valid are those of the ${playersMax} that are known`,
  );
}
