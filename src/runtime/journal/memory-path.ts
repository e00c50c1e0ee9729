/** The path of a world that is kept in memory only. */
export const memoryPath = ":memory:";
