/** A module that a compute effect has no use for. */
export const computation = { compute: () => 1 };
