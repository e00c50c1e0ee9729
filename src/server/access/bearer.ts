/** Names under which tokens are put into addresses by those who do not know better. */
const tokenNames = new Set(["token", "access_token", "jwt", "authorization", "bearer"]);

/** The token of the header `authorization`. Undefined: there is none of that kind. */
export function bearerOf(header: string | null | undefined): string | undefined {
  const [, token] = /^Bearer +([^\s]+) *$/i.exec(header ?? "") ?? [];
  return token;
}

/** Says what is wrong with an address that has a token in it. Undefined: it has none. */
export function addressProblem(url: string): string | undefined {
  const at = url.indexOf("?");
  if (at < 0) return undefined;
  for (const name of new URLSearchParams(url.slice(at)).keys()) {
    if (tokenNames.has(name.toLowerCase())) {
      return (
        `TOKEN_IN_ADDRESS: ${name.slice(0, 20)} is in the address, which ends up in logs; ` +
        "valid are the header authorization: Bearer …, and hello.token"
      );
    }
  }
  return undefined;
}
