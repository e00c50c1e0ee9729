import { TellurionError } from "../runtime/index.ts";

/**
 * Loads a package that a bridge needs, and nothing else does. Throws FAILED_PRECONDITION when it is not installed: it is
 * not needed otherwise, and `npm ci --omit=…` leaves it out.
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
      `package=${JSON.stringify(name)} is not installed; npm ci without --omit installs it`,
      { cause: error },
    );
  }
}
