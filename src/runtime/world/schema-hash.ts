import { createHash } from "node:crypto";
import { type DescFile, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

/** 16 hexadecimal digits that change with anything that the files declare. Comments do not count. */
export function schemaHash(files: readonly DescFile[]): string {
  const hash = createHash("sha256");
  for (const { proto } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(toBinary(FileDescriptorProtoSchema, proto));
  }
  return hash.digest("hex").slice(0, 16);
}
