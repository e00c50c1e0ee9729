/** Bounds of what clients see of an area; rows like those of `limitTable`. */
export const areaLimitTable = {
  entitiesMax: {
    default: 65_536,
    min: 1,
    max: 262_144,
    about: "entities that clients can see, in all areas together",
  },
  areaHz: {
    default: 20,
    min: 1,
    max: 240,
    about: "updates of a client's area per second",
  },
  areaRadiusMax: {
    default: 500,
    min: 1,
    max: 2_500,
    about: "metres from the middle of a client's area to its edge",
  },
  areaMargin: {
    default: 10,
    min: 0,
    max: 100,
    about: "metres beyond the edge at which an entity leaves a client's area",
  },
  areaCell: {
    default: 40,
    min: 10,
    max: 1_000,
    about: "metres from side to side of the cells that entities are sorted into",
  },
  areaEntitiesMax: {
    default: 1_024,
    min: 1,
    max: 65_536,
    about: "entities that a client is told of at one time",
  },
} as const;

export type AreaLimits = { readonly [Name in keyof typeof areaLimitTable]: number };

export const defaultAreaLimits = Object.fromEntries(
  Object.entries(areaLimitTable).map(([name, row]) => [name, row.default]),
) as AreaLimits;
