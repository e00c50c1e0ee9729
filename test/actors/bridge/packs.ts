import { create, toBinary } from "@bufbuild/protobuf";
import { EventType } from "../../../src/gen/tellurion/v1/event_type_pb.ts";
import { GameEventSchema } from "../../../src/gen/tellurion/v1/game_event_pb.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";

/** Events as they lie in a pack. */
export function packOf(...events: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    events.flatMap((event) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(event.length);
      return [length, event];
    }),
  );
}

/** A change of the weather that says which one it is. */
export function weatherEvent(number: number): Uint8Array {
  const payload = toBinary(
    WeatherEventSchema,
    create(WeatherEventSchema, { region: "moor", newState: "rain", intensity: number }),
  );
  return gameEvent(EventType.WEATHER_CHANGED, payload, number);
}

export function gameEvent(eventType: number, payload: Uint8Array, number = 1): Uint8Array {
  const event = { eventId: `0123456789abcdef:${number}:7:1`, eventType: eventType as EventType };
  return toBinary(
    GameEventSchema,
    create(GameEventSchema, { ...event, source: "weather/moor", payload }),
  );
}
