import { execFile } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type BuildOptions, build } from "esbuild";
import { actors } from "../src/actors/index.ts";
import { file_tellurion_v1_client } from "../src/gen/tellurion/v1/client_pb.ts";
import { catalogueOf, schemaHash } from "../src/runtime/host.ts";

/*
 * Builds the package @tellurion/client. In its folder `dist`, or the one that is named: `index.js` for bundlers and
 * Node, `schema/` with the messages of the sample world, `tellurion.js` with all of it for pages without a build.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const source = join(root, "clients/typescript/src");
const schema = join(root, "src/gen/tellurion/v1");
const tsc = join(root, "node_modules/typescript/bin/tsc");
const folder = process.argv[2] ?? join(root, "clients/typescript/dist");

const common: BuildOptions = { bundle: true, format: "esm", target: "es2024", logLevel: "warning" };
const hash = schemaHash([...catalogueOf(actors).files, file_tellurion_v1_client]);
const hashModule = `/** Of the schema that these messages are from. */\nexport const schemaHash = "${hash}";\n`;

const messageFiles = (await readdir(schema)).filter((name) => name.endsWith("_pb.ts"));

async function declare(
  sourceFolder: string,
  files: readonly string[],
  into: string,
): Promise<void> {
  const options =
    "--ignoreConfig --declaration --emitDeclarationOnly --skipLibCheck --strict --target esnext --module nodenext " +
    "--allowImportingTsExtensions --rewriteRelativeImportExtensions --types node --lib esnext,dom";
  const paths = files.map((name) => join(sourceFolder, name));
  const folders = ["--rootDir", sourceFolder, "--outDir", into];
  await promisify(execFile)(process.execPath, [tsc, ...options.split(" "), ...folders, ...paths]);
}

function moduleOf(contents: string): BuildOptions {
  return { stdin: { contents, resolveDir: root, loader: "ts" } };
}

const everything = [
  `export * from ${JSON.stringify(join(source, "index.ts"))};`,
  ...messageFiles.map((name) => `export * from ${JSON.stringify(join(schema, name))};`),
  hashModule,
];
await Promise.all([
  build({
    ...common,
    entryPoints: [join(source, "index.ts")],
    outdir: folder,
    packages: "external",
  }),
  build({
    ...common,
    entryPoints: messageFiles.map((name) => join(schema, name)),
    outdir: join(folder, "schema"),
    splitting: true,
    packages: "external",
  }),
  build({ ...common, ...moduleOf(hashModule), outfile: join(folder, "schema/hash.js") }),
  build({
    ...common,
    ...moduleOf(everything.join("\n")),
    outfile: join(folder, "tellurion.js"),
    minify: true,
  }),
  declare(source, ["index.ts"], folder),
  declare(schema, messageFiles, join(folder, "schema")),
]);
await writeFile(join(folder, "schema/hash.d.ts"), "export declare const schemaHash: string;\n");
console.log(`built @tellurion/client in ${relative(process.cwd(), folder) || "."}`);
