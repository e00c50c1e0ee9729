import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

export interface BuiltClient {
  /** A folder in which `@tellurion/client` is installed. */
  readonly project: string;
  /** The package's own. */
  readonly dist: string;
  remove(): Promise<void>;
}

/** The package as it would be published, installed in a project that is otherwise empty. */
export async function buildClient(): Promise<BuiltClient> {
  const project = await mkdtemp(join(tmpdir(), "game-"));
  const installed = join(project, "node_modules/@tellurion/client");
  const dist = join(installed, "dist");
  await mkdir(installed, { recursive: true });
  await copyFile(join(root, "clients/typescript/package.json"), join(installed, "package.json"));
  await symlink(join(root, "node_modules/@bufbuild"), join(project, "node_modules/@bufbuild"));
  const build = join(root, "scripts/build-client.ts");
  await promisify(execFile)(process.execPath, [build, dist], { cwd: root });
  return { project, dist, remove: () => rm(project, { recursive: true, force: true }) };
}
