import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startFauxqs } from "./fauxqs.ts";

test("the tests' emulators answer this machine only, and others listen where they are told to", async () => {
  const emulator = await startFauxqs();
  onTestFinished(() => emulator.stop());
  expect(emulator.address).toBe(`http://127.0.0.1:${emulator.port}`);
  const other = createServer().listen(0, "0.0.0.0");
  onTestFinished(() => void other.close());
  await once(other, "listening");
  expect((other.address() as AddressInfo).address).toBe("0.0.0.0");
});
