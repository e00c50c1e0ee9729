import { isMessage } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { attach, codecOf, detach } from "../../../src/runtime/codec/index.ts";
import { EverythingSchema } from "../../gen/tellurion/test/v1/everything_pb.ts";

const codec = codecOf(EverythingSchema);

function viewOf(fields: Parameters<typeof codec.toBytes>[0]) {
  const bytes = codec.toBytes(fields);
  const view = codec.createView();
  return { view, shown: view[attach](bytes, 0, bytes.length), bytes };
}

describe("a view", () => {
  test("shows the fields of its record", () => {
    const { shown } = viewOf({ stringValue: "fog", int64Value: -5n, nested: { boolValue: true } });
    expect(shown.stringValue).toBe("fog");
    expect(shown.int64Value).toBe(-5n);
    expect(shown.nested?.boolValue).toBe(true);
    expect(shown.optionalInt32).toBeUndefined();
    expect(shown.doubles).toEqual([]);
    expect(shown.choice).toEqual({ case: undefined });
  });

  test("shows another record after it is attached again, and nothing of the one before", () => {
    const { view, shown } = viewOf({ stringValue: "fog", int32s: [1], nested: { int32Value: 1 } });
    expect([shown.stringValue, shown.int32s, shown.nested?.int32Value]).toEqual(["fog", [1], 1]);
    const bytes = codec.toBytes({ choice: { case: "choiceLeaf", value: { name: "leaf" } } });
    view[attach](bytes, 0, bytes.length);
    expect([shown.stringValue, shown.int32s, shown.nested]).toEqual(["", [], undefined]);
    expect(shown.choice.case).toBe("choiceLeaf");
    view[attach](bytes, 0, 0);
    expect(shown.choice.case).toBeUndefined();
  });

  test("reads what it keeps once", () => {
    const { shown } = viewOf({ strings: ["a"], bytesValue: new Uint8Array([1]), nested: {} });
    expect(shown.strings).toBe(shown.strings);
    expect(shown.bytesValue).toBe(shown.bytesValue);
    expect(shown.nested).toBe(shown.nested);
    expect(shown.choice).toBe(shown.choice);
  });

  test("gives bytes that outlive the record", () => {
    const { shown, bytes } = viewOf({ bytesValue: new Uint8Array([1, 2, 3]) });
    const kept = shown.bytesValue;
    bytes.fill(0);
    expect(kept).toEqual(new Uint8Array([1, 2, 3]));
  });

  test("gives a copy that outlives the record", () => {
    const { view, shown, bytes } = viewOf({ stringValue: "kept", nested: { strings: ["too"] } });
    const copy = shown.toObject();
    const nested = shown.nested?.toObject();
    view[detach]();
    bytes.fill(0);
    expect(copy).toMatchObject({ stringValue: "kept", nested: { strings: ["too"] } });
    expect(nested).toMatchObject({ strings: ["too"] });
  });

  test("looks like a message: it can be spread, listed and told by its type", () => {
    const bytes = codecOf(WeatherEventSchema).toBytes({ region: "north-marsh", intensity: 0.5 });
    const view = codecOf(WeatherEventSchema).createView()[attach](bytes, 0, bytes.length);
    expect({ ...view, region: "south" }).toMatchObject({ intensity: 0.5, region: "south" });
    expect(Object.keys(view)).toEqual(Object.keys(view.toObject()));
    expect(isMessage(view, WeatherEventSchema)).toBe(true);
  });

  test("cannot be written to", () => {
    const { shown } = viewOf({});
    expect(() => {
      (shown as { stringValue: string }).stringValue = "no";
    }).toThrow(TypeError);
  });

  test("can be encoded again, unknown fields included", () => {
    const unknown = { no: 100, wireType: 0, data: new Uint8Array([1]) };
    const message = { ...codec.complete({ stringValue: "fog" }), $unknown: [unknown] };
    const { shown, bytes } = viewOf(message);
    expect(shown.$unknown).toEqual([unknown]);
    expect(codec.toBytes(shown as never)).toEqual(bytes);
  });
});

describe("a stale view", () => {
  const stale = expect.objectContaining({ code: "STALE_VIEW" });

  test("throws from every field, from the start and after it is detached", () => {
    const names = EverythingSchema.members.map(({ localName }) => localName);
    const { view } = viewOf({});
    view[detach]();
    for (const gone of [view, codec.createView()]) {
      for (const name of [...names, "$unknown"]) {
        expect(() => gone[name as "nested"], name).toThrow(stale);
      }
      expect(() => gone.toObject()).toThrow(stale);
    }
  });

  test("takes the views of its nested messages with it", () => {
    const { view, shown, bytes } = viewOf({
      nested: { nested: { int32Value: 7 } },
      choice: { case: "choiceLeaf", value: {} },
    });
    const { nested } = shown;
    const inner = nested?.nested;
    const leaf = shown.choice.value as { name: string };
    expect(inner?.int32Value).toBe(7);
    expect(leaf.name).toBe("");
    view[detach]();
    expect(() => nested?.int32Value).toThrow(stale);
    expect(() => inner?.int32Value).toThrow(stale);
    expect(() => leaf.name).toThrow(stale);
    view[attach](bytes, 0, bytes.length);
    expect(() => inner?.int32Value).toThrow(stale);
    expect(shown.nested?.nested?.int32Value).toBe(7);
  });

  test("says what to do", () => {
    expect(() => codec.createView().stringValue).toThrow(
      "a view of tellurion.test.v1.Everything was read after its message was gone: " +
        "a view is valid until the handler returns, toObject() makes a copy to keep",
    );
  });

  test("is what a malformed record leaves behind", () => {
    const { view, shown } = viewOf({ stringValue: "before" });
    expect(() => view[attach](new Uint8Array([0x72, 9]), 0, 2)).toThrow(
      expect.objectContaining({ code: "MALFORMED_MESSAGE" }),
    );
    expect(() => shown.stringValue).toThrow(stale);
  });
});

describe("attaching", () => {
  test("checks the outermost structure only: what is inside is checked when it is read", () => {
    const bytes = new Uint8Array([0x72, 1, 0xff, 0x8a, 1, 1, 0x72, 0xfa, 1, 1, 0x80]);
    const view = codec.createView()[attach](bytes, 0, bytes.length);
    const malformed = expect.objectContaining({ code: "MALFORMED_MESSAGE" });
    expect(view.int32Value).toBe(0);
    expect(() => view.stringValue).toThrow(malformed);
    expect(() => view.nested).toThrow(malformed);
    expect(() => view.doubles).toThrow(malformed);
    expect(() => view.toObject()).toThrow(malformed);
  });

  test("refuses a record that is not inside its array", () => {
    const bytes = new Uint8Array(4);
    expect(() => codec.createView()[attach](bytes, 0, 5)).toThrow(RangeError);
    expect(() => codec.decode(bytes, 0, 5)).toThrow(RangeError);
    expect(() => codec.validate(bytes, 0, 5)).toThrow(RangeError);
  });
});
