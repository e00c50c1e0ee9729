import { Room } from "@colyseus/core";
import { answerLateness } from "../pacing/game-loop.ts";
import { stepMs } from "../pacing/loads.ts";

// The loop of a Colyseus room, as its documentation begins one: https://docs.colyseus.io/room, "setTimestep", which was "setSimulationInterval"
answerLateness((tick) => new Room().setTimestep(tick, stepMs));
