import {
  type ActorImage,
  ActorImageSchema,
  CoreNoticeSchema,
  type NoticeImage,
  type RegistryImage,
  SnapshotSchema,
} from "../../gen/tellurion/v1/core_pb.ts";
import { codecOf } from "../codec/index.ts";
import { TellurionError } from "../errors.ts";
import type { Catalogue } from "./catalogue.ts";

/** A world between two frames, read from a snapshot and put into the terms of this process. */
export interface RestoredWorld {
  /** The last frame that had ended. */
  readonly frame: number;
  readonly registry: RegistryImage;
  readonly images: readonly ActorImage[];
  readonly notices: readonly NoticeImage[];
}

const snapshotCodec = codecOf(SnapshotSchema);
const imageCodec = codecOf(ActorImageSchema);
const noticeCodec = codecOf(CoreNoticeSchema);

/**
 * Reads a snapshot. Numbers of message types, which differ between versions of a world, become those of `catalogue`.
 * Throws WORLD_FILE_INVALID when something waits for a type that this version does not have.
 */
export function readSnapshot(body: Uint8Array, catalogue: Catalogue): RestoredWorld {
  const snapshot = snapshotCodec.decode(body);
  const { registry } = snapshot;
  if (registry === undefined) throw invalid("has no registry");
  const images = snapshot.actors.map((bytes) => imageCodec.decode(bytes));
  const { notices } = snapshot;
  const frame = Number(snapshot.frame);
  if (isSame(snapshot.types, catalogue)) return { frame, registry, images, notices };
  const ids = new Map(catalogue.messages.map(({ id, desc }) => [desc.typeName, id]));
  const translate = (type: number): number => {
    const name = snapshot.types[type] ?? `#${type}`;
    const id = ids.get(name);
    if (id === undefined) throw invalid(`waits for a ${name}, which this version does not know`);
    return id;
  };
  for (const image of images) translateImage(image, translate);
  return {
    frame,
    registry,
    images,
    notices: notices.map((notice) => translateNotice(notice, translate)),
  };
}

/** Full names of a catalogue's message types, by their numbers. */
export function typeNames({ messages }: Catalogue): string[] {
  return messages.map(({ desc }) => desc.typeName);
}

function isSame(types: readonly string[], catalogue: Catalogue): boolean {
  return types.join() === typeNames(catalogue).join();
}

function translateImage(image: ActorImage, translate: (type: number) => number): void {
  for (const timer of image.timers) timer.type = translate(timer.type);
  for (const effect of image.effects) effect.type = translate(effect.type);
  if (image.checkpoint === undefined) return;
  const checkpoint = imageCodec.decode(image.checkpoint);
  translateImage(checkpoint, translate);
  image.checkpoint = imageCodec.toBytes(checkpoint);
}

function translateNotice(image: NoticeImage, translate: (type: number) => number): NoticeImage {
  const notice = noticeCodec.decode(image.notice);
  const { body } = notice;
  if (body.case !== "undelivered" && body.case !== "spawn") return image;
  body.value.type = translate(body.value.type);
  return { ...image, notice: noticeCodec.toBytes(notice) };
}

function invalid(why: string): TellurionError {
  return new TellurionError("WORLD_FILE_INVALID", `the world's snapshot ${why}`);
}
