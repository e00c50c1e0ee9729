import type { Random } from "../../runtime/index.ts";
import { builtinTemplates } from "./builtin-templates.ts";
import type { Region, Template } from "./region.ts";

/**
 * The template for something that happened: of the first kind for which the pack has one, the one with the longest
 * cause. Chance decides between several. What the pack has none for gets a built-in one.
 */
export function templateFor(
  region: Region,
  kinds: readonly string[],
  random: Random,
): Template | undefined {
  for (const templates of [region.templates, builtinTemplates]) {
    for (const kind of kinds) {
      const fitting = fittingOf(templates, kind);
      if (fitting.length > 0) return oneOf(fitting, random);
    }
    const [first = ""] = kinds;
    if (templates === region.templates && first.endsWith(":ended")) {
      // A pack that speaks of this very kind of thing knows better what it leaves than the built-in ones do.
      const begun = first.slice(0, -":ended".length);
      const fitting = templates.filter(({ cause }) => cause === begun);
      if (fitting.length > 0) return oneOf(fitting, random);
    }
  }
  return undefined;
}

/** All templates that have the longest cause of those that fit. */
function fittingOf(templates: readonly Template[], kind: string): Template[] {
  let longest = 0;
  let fitting: Template[] = [];
  for (const template of templates) {
    const { length } = template.cause;
    if (length < longest || !fits(template.cause, kind)) continue;
    if (length > longest) fitting = [];
    longest = length;
    fitting.push(template);
  }
  return fitting;
}

function fits(cause: string, kind: string): boolean {
  // The end of something is not its beginning.
  if (kind.endsWith(":ended") && !cause.endsWith(":ended")) return false;
  return kind === cause || (kind.startsWith(cause) && kind[cause.length] === ":");
}

/** The template of that name: of the pack, or built in. */
export function templatesOfKind(region: Region, kind: string): Template[] {
  const own = region.templates.filter((template) => template.kind === kind);
  return own.length > 0 ? own : builtinTemplates.filter((template) => template.kind === kind);
}

export function oneOf<Item>(items: readonly Item[], random: Random): Item {
  return items[items.length > 1 ? random.integer(items.length) : 0] as Item;
}
