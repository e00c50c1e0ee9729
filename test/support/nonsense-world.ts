export const actors = "not a list of kinds";
