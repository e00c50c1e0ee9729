import { ActorImageSchema, RegistryImageSchema } from "../../gen/tellurion/v1/core_pb.ts";
import { codecOf } from "../codec/index.ts";
import type { StoredSnapshot } from "../journal/entries.ts";
import type { History } from "../journal/history.ts";
import type { Catalogue } from "./catalogue.ts";
import { registryMark } from "./mark-check.ts";
import { readSnapshot } from "./restored-world.ts";
import { addHash, foldHash, hashBytes, type StateHash } from "./state-hash.ts";

const imageCodec = codecOf(ActorImageSchema);
const registryCodec = codecOf(RegistryImageSchema);

/** A snapshot in hashes, as a replay that passes it makes them. */
export interface SnapshotMarks {
  /** All actors and the registry: with these, MarkCheck finds the first actor that differs. */
  readonly marks: History["marks"][number];
  /** State hash of the world that the snapshot holds. */
  readonly hash: StateHash;
}

export function marksOf({ frame, body }: StoredSnapshot, catalogue: Catalogue): SnapshotMarks {
  const { registry, images } = readSnapshot(body, catalogue);
  const hash = hashBytes(registryCodec.toBytes(registry));
  const hashes = [registryMark, foldHash(hash)];
  for (const image of images) {
    const imageHash = hashBytes(imageCodec.toBytes(image));
    hashes.push(image.actor, foldHash(imageHash));
    addHash(hash, imageHash);
  }
  return { marks: { frame, hashes: Int32Array.from(hashes) }, hash };
}
