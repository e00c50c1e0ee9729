import { operand } from "./options.ts";

/** The world's file that a tool looks into. */
export const fileOperand = operand("FILE", "the file of a world, like data/sample.tellurion");
