import type * as InkCompiler from "inkjs/compiler/Compiler";

export type { Story } from "inkjs/engine/Story";

/** The ink compiler. It is loaded when the first story is read: most commands need none. */
export async function inkCompiler(): Promise<
  Pick<typeof InkCompiler, "Compiler" | "CompilerOptions">
> {
  // The types that the package names for its bundle cannot be resolved: theirs are of the parts.
  return (await import("inkjs/full")) as unknown as typeof InkCompiler;
}
