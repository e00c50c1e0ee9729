import { expect, test } from "vitest";
import { optionalPackage } from "../../src/bridges/optional-package.ts";

const missing = "a-package-that-is-not-there";

test("a package that is not installed is named, with what installs it", async () => {
  await expect(optionalPackage(missing, () => import(missing))).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: expect.stringMatching(
      /package="a-package-that-is-not-there" is not .*; npm ci without/,
    ),
  });
});

test("what goes wrong inside a package is not taken for its absence", async () => {
  const broken = () => Promise.reject(new RangeError("out of range"));
  await expect(optionalPackage("broken", broken)).rejects.toThrow(RangeError);
});

test("a package that is there is loaded", async () => {
  expect(await optionalPackage("fauxqs", () => import("fauxqs"))).toHaveProperty("startFauxqs");
});
