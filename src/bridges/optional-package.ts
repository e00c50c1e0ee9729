import { TellurionError } from "../runtime/index.ts";

/**
 * Loads a package that a bridge needs, and nothing else does. Throws FAILED_PRECONDITION when it is not installed: it is
 * an optional one, and `npm ci --omit=optional` leaves it out.
 */
export async function optionalPackage<Module>(
  name: string,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new TellurionError(
      "FAILED_PRECONDITION",
      `package=${JSON.stringify(name)} is not installed; npm ci without --omit=optional installs it`,
      { cause: error },
    );
  }
}
