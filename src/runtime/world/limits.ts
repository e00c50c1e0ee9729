/** Bounds of a world, each with a name. What depends on no world is beside the code that keeps it. */
export interface WorldLimits {
  /** Actors that are active at once. */
  readonly actorsMax: number;
  /** Rounds in a frame. What is on its way after the last one is delivered in the next frame. */
  readonly roundsMax: number;
  /** Inputs that one frame takes; the others wait for the next. */
  readonly inputsPerFrameMax: number;
  /** Bytes of inputs that wait for their frame. A power of two. */
  readonly inputRingBytes: number;
  /** Bytes of events, replies and reports that one worker holds for the main thread. A power of two. */
  readonly outputRingBytes: number;
  /** Bytes that one handler may send. */
  readonly handlerBytesMax: number;
  /** Log lines and dead letters that one worker tells of in one frame; more are only counted. */
  readonly reportsPerFrameMax: number;
  /** Wall time in ms that one worker gives to queries in one frame; the others wait for the next. */
  readonly queryMsPerFrameMax: number;
  /** Frames that a query waits for its turn. */
  readonly queryFramesMax: number;
  /** Timers that one actor may have. */
  readonly timersMax: number;
  /** Bytes of inputs, marks and snapshots that wait for the disk; beyond it the journal has a gap. */
  readonly journalBytesMax: number;
  /** Effects of one actor whose results have not come. */
  readonly effectsMax: number;
  /** Idempotency keys whose replies are remembered. */
  readonly inboxKeysMax: number;
  /** Calls that wait for their reply. */
  readonly callsMax: number;
}

export const defaultLimits: WorldLimits = {
  actorsMax: 65_536,
  roundsMax: 64,
  inputsPerFrameMax: 4_096,
  inputRingBytes: 4_194_304,
  outputRingBytes: 8_388_608,
  handlerBytesMax: 67_108_864,
  reportsPerFrameMax: 64,
  queryMsPerFrameMax: 4,
  queryFramesMax: 15,
  timersMax: 1_000_000,
  journalBytesMax: 268_435_456,
  effectsMax: 65_536,
  inboxKeysMax: 100_000,
  callsMax: 16_384,
};

/** Workers of one world. */
export const workersMax = 16;
