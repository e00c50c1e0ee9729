/** Who calls, as far as the server knows. */
export interface Identity {
  /** Empty: nobody in particular. */
  readonly player: string;
  /** `weather:read`, `quest:write`, `world:admin`; `*` stands for every service. */
  readonly scopes: readonly string[];
  /** Wall time at which the identity is no longer good, in ms since 1970. */
  readonly expiresMs: number;
}

/** What everybody is at a server without keys: for development. */
export const developer: Identity = {
  player: "",
  scopes: ["*:admin"],
  expiresMs: Number.POSITIVE_INFINITY,
};

/** Who has not been let in yet. */
export const nobody: Identity = { player: "", scopes: [], expiresMs: 0 };

/** Each level holds those before it. */
const levels = ["read", "write", "admin"];
const scopePattern = /^(\*|[a-z][a-z0-9_-]{0,63}):(read|write|admin)$/;

export function isScope(text: string): boolean {
  return scopePattern.test(text);
}

/** Whether somebody with these scopes may do what needs `wanted`. What needs nothing, everybody may do. */
export function hasScope({ scopes }: Identity, wanted: string): boolean {
  if (wanted === "") return true;
  const [service, level = ""] = wanted.split(":");
  return scopes.some((scope) => {
    const [ofService, upTo = ""] = scope.split(":");
    const isOfService = ofService === "*" || ofService === service;
    return isOfService && levels.indexOf(upTo) >= levels.indexOf(level) && levels.includes(level);
  });
}

/** What only few may do, and what is written to the log whenever somebody does it. */
export function isPrivileged(scope: string): boolean {
  return scope.endsWith(":admin");
}

/** `world:admin` of `world:write`. */
export function adminOf(scope: string): string {
  return `${scope.split(":", 1)}:admin`;
}
