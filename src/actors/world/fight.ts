import { type ActRequest, type PlayerActedEvent, Verb } from "../../gen/tellurion/v1/world_pb.ts";
import { checkOneOf, refuse } from "../common/checks.ts";
import { clamp } from "../common/clamp.ts";
import type { Plain } from "../common/plain.ts";
import { encountersAt, endEncounter, showEncounter } from "./encounters.ts";
import { changeStock, hasRoom, noteMade } from "./goods.ts";
import { tellAct } from "./players.ts";
import {
  definitionOf,
  type Encounter,
  type Outlet,
  type Player,
  type World,
} from "./world-state.ts";

/** Of what an encounter was at first, a fight that is lost takes this share; some is always left. */
const blow = 0.25;
const leastShare = 0.1;
/** What it costs the player at most, as shares of the encounter's strength. */
const harm = { won: 0.15, lost: 0.45 } as const;
/** A fight that is won ends the encounter; one that is lost weakens it. */
export function fight(
  world: World,
  player: Player,
  { target }: Plain<ActRequest>,
  out: Outlet,
): Plain<PlayerActedEvent> {
  const here = encountersAt(world, player.place);
  if (here.length === 0)
    refuse("target", target, `are encounters at ${player.place}: none is here`);
  const ids = here.map(({ id }) => id);
  if (target !== "") checkOneOf("target", target, ids);
  const encounter = here[Math.max(0, ids.indexOf(target))] as Encounter;
  const { strength, fullStrength } = encounter;
  const wins = out.random.next() < clamp(0.5 + 0.5 * (player.health - strength), 0.05, 0.95);
  const most = strength * (wins ? harm.won : harm.lost);
  const hurt = Math.min(player.health, most * (0.5 + 0.5 * out.random.next()));
  // What is left of health below a percent is no health.
  player.health = player.health - hurt < 0.01 ? 0 : player.health - hurt;
  const spoils = wins ? takeDrops(world, player, encounter) : { item: "", amount: 0 };
  if (wins) endEncounter(world, encounter.id, out);
  else {
    encounter.strength = Math.max(leastShare * fullStrength, strength - blow * fullStrength);
    showEncounter(world, encounter, out);
  }
  const deed = { verb: Verb.FIGHT, target: encounter.id, targetKind: encounter.kind, ...spoils };
  return tellAct(world, player, { ...deed, success: wins, harm: hurt }, out);
}

/** What there is no room for stays behind. The event tells of the first. */
function takeDrops(world: World, player: Player, { kind }: Encounter) {
  const { encounterKinds } = definitionOf(world);
  const drops = encounterKinds.find(({ name }) => name === kind)?.drops ?? [];
  const taken: string[] = [];
  for (const good of drops) {
    if (!hasRoom(player.inventory, good, 1)) continue;
    changeStock(player.inventory, good, 1);
    noteMade(world, good, 1);
    taken.push(good);
  }
  const item = taken[0] ?? "";
  return { item, amount: taken.filter((good) => good === item).length };
}
