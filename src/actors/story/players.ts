import type {
  StoryPlayer as StoryPlayerMessage,
  StoryState,
} from "../../gen/tellurion/v1/story_pb.ts";
import { type ActorContext, Rejection } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";

export type Story = Plain<StoryState>;
export type Player = Plain<StoryPlayerMessage>;

/** Players that the story remembers at most. Who comes after them has no story, and no facts. */
export const playersMax = 16_384;

/** Players by name. Derived: kept beside the list it was read from. */
const byName = new WeakMap<readonly Player[], Map<string, Player>>();

function indexOf(players: readonly Player[]): Map<string, Player> {
  const known = byName.get(players);
  if (known !== undefined) return known;
  const index = new Map(players.map((player) => [player.player, player]));
  byName.set(players, index);
  return index;
}

export function playerNamed(story: Story, name: string): Player | undefined {
  return indexOf(story.players).get(name);
}

/** The player of that name, made known if need be. Undefined, with a line in the log, when there is no room. */
export function playerFor(
  story: Story,
  name: string,
  out: Pick<ActorContext, "log">,
): Player | undefined {
  const index = indexOf(story.players);
  const known = index.get(name);
  if (known !== undefined) return known;
  if (story.players.length >= playersMax) {
    out.log("warn", `player=${name} is left out of the story: ${playersMax} players are known`);
    return undefined;
  }
  const player: Player = { player: name, region: "", facts: [], threads: [] };
  story.players.push(player);
  index.set(name, player);
  return player;
}

/** Refuses a player who would be one too many. */
export function checkPlayerRoom(story: Story, name: string): void {
  if (playerNamed(story, name) !== undefined || story.players.length < playersMax) return;
  throw new Rejection(
    "RESOURCE_EXHAUSTED",
    `player=${JSON.stringify(name)} is one too many; valid are those of the ${playersMax} that are known`,
  );
}
