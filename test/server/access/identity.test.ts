import { expect, test } from "vitest";
import { developer, hasScope, isPrivileged, isScope } from "../../../src/server/access/identity.ts";

const someone = (...scopes: string[]) => ({ player: "anna", scopes, expiresMs: 0 });

test.each([
  ["weather:read", "weather:read", true],
  ["weather:write", "weather:read", true],
  ["weather:admin", "weather:write", true],
  ["*:read", "quest:read", true],
  ["*:admin", "quest:admin", true],
  ["weather:read", "weather:write", false],
  ["weather:write", "weather:admin", false],
  ["weather:admin", "quest:read", false],
  ["*:read", "quest:write", false],
])("who has %s may do what needs %s: %s", (had, needed, may) => {
  expect(hasScope(someone(had), needed)).toBe(may);
});

test("what needs no scope, everybody may do; without scopes, nothing else", () => {
  expect(hasScope(someone(), "")).toBe(true);
  expect(hasScope(someone(), "weather:read")).toBe(false);
  expect(hasScope(developer, "world:admin")).toBe(true);
});

test("a level that nobody knows is refused even to administrators", () => {
  expect(hasScope(someone("*:admin"), "weather:own")).toBe(false);
});

test("scopes are recognised by their form", () => {
  expect(["weather:read", "*:admin", "my_mod-2:write"].every(isScope)).toBe(true);
  expect(["weather", "weather:", "Weather:read", ":read", "a:read b"].some(isScope)).toBe(false);
});

test("administrators' commands are privileged", () => {
  expect(isPrivileged("quest:admin")).toBe(true);
  expect(isPrivileged("quest:write")).toBe(false);
});
