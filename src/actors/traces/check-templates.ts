import { causeFault, type KnownNames, withoutPlayer } from "./causes.ts";
import type { Template } from "./region.ts";
import { faultOf, slotsIn } from "./text.ts";

/** Something doubtful about a template. */
export interface TemplateFinding {
  readonly template: string;
  /** Where in the template: `texts[1]`. */
  readonly path: string;
  readonly text: string;
}

/**
 * What is wrong with templates: placeholders that are not known or that their cause cannot fill, causes that do not
 * exist, templates without texts. With the pack's names, causes that never happen.
 */
export function checkTemplates(
  templates: readonly Template[],
  known: KnownNames = {},
): TemplateFinding[] {
  return templates.flatMap((template) => {
    const { name, cause, texts } = template;
    const fault = causeFault(cause, known);
    const findings = [
      ...(fault === undefined ? [] : [{ path: "cause", text: `cause=${cause}: ${fault}` }]),
      ...(texts.length === 0 ? [{ path: "texts", text: "there is no text" }] : []),
      ...texts.flatMap((text, i) => textFindings(template, text, `texts[${i}]`)),
    ];
    return findings.map((finding) => ({ template: name, ...finding }));
  });
}

function textFindings({ cause }: Template, text: string, path: string) {
  const fault = faultOf(text);
  if (fault !== undefined) return [{ path, text: fault }];
  const isNobodys = withoutPlayer.some(
    (family) => cause === family || cause.startsWith(`${family}:`),
  );
  if (!isNobodys || !slotsIn(text).includes("player")) return [];
  return [{ path, text: `{player} is nobody where the cause is ${cause}` }];
}
