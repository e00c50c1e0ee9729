import { type Option, text } from "./options.ts";

const noDefault = (placeholder: string, about: string): Option<string | undefined> => ({
  ...text(placeholder, about, ""),
  default: undefined,
});

/** The options that say who may come in. */
export const accessOptions = {
  "jwt-secret-file": noDefault("FILE", "takes JSON Web Tokens signed with this secret (HS256)"),
  jwks: noDefault("URL|FILE", "takes JSON Web Tokens signed with one of these public keys"),
  "jwt-issuer": noDefault("TEXT", "takes tokens of this issuer (iss) only"),
  "jwt-audience": noDefault("TEXT", "takes tokens for this audience (aud) only"),
};
