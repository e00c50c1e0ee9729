import { answerLateness } from "./game-loop.ts";
import { stepMs } from "./loads.ts";

/** A game loop as it is written with setInterval. */
answerLateness((tick) => setInterval(tick, stepMs));
