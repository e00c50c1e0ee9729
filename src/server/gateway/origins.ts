import { quoted } from "../calls.ts";
import { isLoopback } from "../loopback.ts";

/**
 * An origin as browsers send it, `https://example.org:8443`, or undefined. Pages without one, like
 * files, send `null`.
 */
export function originOf(text: string): string | undefined {
  if (text === "null") return text;
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#\\@\s]+$/i.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, host } = new URL(text);
  return `${protocol}//${host}`;
}

/**
 * Says why a page may not open a WebSocket here; undefined when it may. Browsers let any page
 * connect to any address, so a page of the web could otherwise act in the worlds of whoever opens
 * it. Programs, which need no browser, send no origin.
 */
export function originProblem(
  origin: string | undefined,
  allowed: readonly string[],
): string | undefined {
  if (origin === undefined) return undefined;
  const known = originOf(origin);
  if (known !== undefined && (allowed.includes(known) || isLocal(known))) return undefined;
  return (
    `ORIGIN_NOT_ALLOWED: origin=${quoted(origin)} is not allowed; valid are none, any of this ` +
    "machine like http://localhost:3000, and those of `start --allow-origin ORIGIN`"
  );
}

function isLocal(origin: string): boolean {
  return origin !== "null" && isLoopback(new URL(origin).hostname.replace(/^\[(.+)\]$/, "$1"));
}
