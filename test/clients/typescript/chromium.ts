import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";

const { CHROMIUM: path = "/usr/bin/chromium" } = process.env;
const args =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run " +
  "--disable-background-networking --disable-component-update --disable-sync";

/** Whether there is a Chromium to test in, and what to call a test that needs one. */
export const hasChromium = existsSync(path);
export const inChromium = hasChromium
  ? "in Chromium"
  : `LEFT OUT, for there is no Chromium at ${path} (CHROMIUM names another): in Chromium`;

/** A Chromium without a window and without a past. */
export async function openChromium(): Promise<{
  context: BrowserContext;
  close(): Promise<void>;
}> {
  const profile = await mkdtemp(join(tmpdir(), "chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: path,
    headless: true,
    args: args.split(" "),
  });
  const close = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  };
  return { context, close };
}
