import type {
  GetEntitiesResponse,
  GetEntitiesRequest as RequestMessage,
} from "../../gen/tellurion/v1/world_pb.ts";
import { checkId, checkInteger, checkNumber } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { bytesOf } from "./diff.ts";
import { definitionOf, type Entity, type World } from "./world-state.ts";

type Request = Plain<RequestMessage>;

const limitMax = 1_000;
const limitDefault = 100;
const tagsMax = 16;

/** Half of what a message may be, for the names of what was removed are in it too. */
const answerBytesMax = 524_288;

/** One page of the entities that fit, in the order in which they changed last. */
export function findEntities(world: World, request: Request): Plain<GetEntitiesResponse> {
  definitionOf(world);
  checkRequest(request);
  const { since } = request;
  const limit = request.limit || limitDefault;
  const found = world.entities
    .filter((entity) => entity.version > since && fits(entity, request))
    .sort((a, b) => (a.version < b.version ? -1 : 1));
  let bytes = 0;
  let to = 0;
  for (; to < Math.min(limit, found.length); to += 1) {
    bytes += bytesOf(found[to] as Entity);
    if (bytes > answerBytesMax && to > 0) break;
  }
  const more = to < found.length;
  const nextSince = more ? (found[to - 1] as Entity).version : world.version;
  return {
    entities: found.slice(0, to),
    removed: world.removals
      .filter(({ version }) => version > since && version <= nextSince)
      .map(({ id }) => id),
    nextSince,
    more,
    incomplete: since > 0n && since < world.forgottenVersion,
  };
}

function checkRequest({ type, tags, area, limit }: Request): void {
  checkInteger("limit", limit, 0, limitMax);
  checkInteger("tags (length)", tags.length, 0, tagsMax);
  if (type !== "") checkId("type", type);
  tags.forEach((tag, i) => {
    checkId(`tags[${i}]`, tag);
  });
  if (area === undefined) return;
  checkNumber("area.x", area.x, -Number.MAX_VALUE, Number.MAX_VALUE);
  checkNumber("area.y", area.y, -Number.MAX_VALUE, Number.MAX_VALUE);
  checkNumber("area.radius", area.radius, 0, Number.MAX_VALUE);
}

function fits(entity: Entity, { type, tags, region, place, area }: Request): boolean {
  if (type !== "" && entity.type !== type) return false;
  if (region !== "" && entity.region !== region) return false;
  if (place !== "" && entity.place !== place) return false;
  if (!tags.every((tag) => entity.tags.includes(tag))) return false;
  if (area === undefined) return true;
  return (entity.x - area.x) ** 2 + (entity.y - area.y) ** 2 <= area.radius ** 2;
}
