export {
  type CallOutcome,
  createTestWorld,
  type RecordedEvent,
  type TestWorld,
  type TestWorldOptions,
} from "./test-world.ts";
