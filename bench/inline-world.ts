import type { ActorDefinition } from "../src/runtime/index.ts";
import { catalogueOf } from "../src/runtime/world/catalogue.ts";
import { InlineWorld } from "../src/runtime/world/inline-world.ts";
import { bindKinds } from "../src/runtime/world/kinds.ts";
import { defaultLimits, type WorldLimits } from "../src/runtime/world/limits.ts";

/** A world of one worker in the calling thread: what it takes is the actors' work, without threads and pacing. */
export function inlineWorldOf(
  actors: readonly ActorDefinition[],
  limits: Partial<WorldLimits> = {},
  onEvents: (count: number) => void = () => {},
): InlineWorld {
  const catalogue = catalogueOf(actors);
  return new InlineWorld({
    ...{ catalogue, kinds: bindKinds(actors, catalogue), limits: { ...defaultLimits, ...limits } },
    ...{ seed: 7, tickHz: 60, workers: 1, shuffleEveryFrames: 0, checks: false },
    sinks: {
      events: (_, events) => onEvents(events.length),
      reply: () => {},
      effect: () => {},
      report: (_, { body }) => {
        if (body.case === "log") throw new Error(body.value.text);
      },
    },
  });
}

/** The state of an actor of such a world, itself and no copy. */
export function stateAt(world: InlineWorld, address: string): object {
  const actor = world.conductor.registry.at(address);
  const state = actor && world.coreOf(actor.number).cellAt(actor.number)?.state;
  if (state === undefined) throw new Error(`${address} is not active`);
  return state as object;
}
