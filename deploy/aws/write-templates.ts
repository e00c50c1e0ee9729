import { mkdirSync, writeFileSync } from "node:fs";
import { committedFolder, makeTemplates } from "./templates.ts";

mkdirSync(committedFolder, { recursive: true });
for (const [name, text] of makeTemplates()) {
  writeFileSync(new URL(`${name}.json`, committedFolder), text);
  console.log(`templates/${name}.json, ${Buffer.byteLength(text)} bytes`);
}
