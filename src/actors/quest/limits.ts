/** What a pack may say. */
export const questsMax = 1_000;
export const stepsMax = 32;
export const objectivesMax = 8;
export const countMax = 1_000;
export const regionsMax = 1_000;
export const placesMax = 10_000;
export const goodsMax = 1_000;
export const encounterKindsMax = 1_000;
export const migrationsMax = 128;
export const prerequisitesMax = 32;
export const rewardItemsMax = 16;
export const rewardFactsMax = 16;
export const coinsMax = 1_000_000;
export const itemAmountMax = 10_000;
export const minutesMax = 10_000_000;
export const titleLengthMax = 120;
export const textLengthMax = 1_000;

/** What runs at a time. */
export const offeredPerPlayerMax = 16;
/** Of these, what comes by arrival, talk and occurrence. The rest is kept for storyteller and needs. */
export const offeredByItselfMax = 12;
export const activePerPlayerMax = 32;
export const generatedPerPlayerMax = 3;
export const generatedMax = 256;
export const worldRunsMax = 64;
export const runsMax = 10_000;
/** Those of a party; of a world quest those who have a share. */
export const partyMax = 16;
export const contributorsMax = 256;

/** What is remembered. */
export const endedMax = 256;
export const playersMax = 10_000;
/** Of a player: more than there are definitions. */
export const memoriesMax = 2_000;
export const worldFactsMax = 10_000;
export const playerFactsMax = 256;
export const needsMax = 128;

/** What one event brings about. */
export const offersPerPlayerMax = 3;
export const offersPerEventMax = 256;
/** Deadlines that one TimeEvent lets pass. The rest follow with the next one. */
export const deadlinesPerEventMax = 2_000;

/** Game minutes after which an offer lapses: three days of 24 hours. */
export const offerMinutes = 4_320;
/** Game minutes before what was not taken, or given up, is offered again by itself. */
export const reofferMinutes = 60;
/** Game minutes for which an NPC's need waits for somebody. */
export const needMinutes = 1_440;
