import { integer, type Option } from "./options.ts";

/** An option that names a frame. Which ones there are, the world's file says. */
export function frameOption(about: string): Option<number | undefined> {
  return integer("FRAME", about, { default: undefined, min: 0, max: Number.MAX_SAFE_INTEGER });
}
