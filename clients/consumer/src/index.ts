/** Reads the events of a world from an SQS queue. docs/bridge.md says what the messages look like. */
export { type Consumer, type ConsumerCounters, openConsumer } from "./consumer.ts";
export { ConsumerError, type ConsumerErrorCode } from "./consumer-error.ts";
export { decodeEvent } from "./decode-event.ts";
export { type Envelope, WorldEvent } from "./event.ts";
export { messageOfEvent } from "./event-types.ts";
export { type RemoteCommand, RemoteCommandSchema } from "./gen/tellurion/v1/bridge_pb.ts";
export { EventType } from "./gen/tellurion/v1/event_type_pb.ts";
export { decodeMessage } from "./message.ts";
export { type Codec, codecs, type MessageHeader, readHeader } from "./message-header.ts";
export type { ConsumerOptions, Delivery, Problem } from "./options.ts";
export { type BadEvent, type DecodedEvents, decodePack } from "./pack.ts";
export { beginning, type Range, type StreamPosition } from "./position.ts";
export { MemoryPositions, type PositionStore } from "./position-store.ts";
export { queueClient } from "./queue-client.ts";
export { type Gap, Resequencer, type Run, type Sequenced, type Verdict } from "./resequencer.ts";
