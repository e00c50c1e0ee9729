import type { World } from "../../runtime/host.ts";
import type { Services } from "./services.ts";

/**
 * A world as the edge of a process shows it that runs some of its services: their methods and their topics, and nothing of
 * the others. All else is the world's own.
 */
export function partOf(world: World, services: Services): World {
  const catalogue = services.catalogue(world.catalogue);
  return new Proxy(world, {
    get(target, name) {
      if (name === "catalogue") return catalogue;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
