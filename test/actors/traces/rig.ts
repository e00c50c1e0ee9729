import { create, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import type { ConfigureTraces } from "../../../src/actors/traces/configuration.ts";
import type { Template } from "../../../src/actors/traces/region.ts";
import { traces } from "../../../src/actors/traces/traces.ts";
import { TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import {
  ConfigureTracesSchema,
  TracesStateSchema,
} from "../../../src/gen/tellurion/v1/traces_pb.ts";
import {
  createTestWorld,
  type TestWorld,
  type TestWorldOptions,
} from "../../../src/runtime/testkit/index.ts";
import { scripted, tell } from "../../support/scripted.ts";

export const hour = 3_600_000;

export function template(cause: string, more: Partial<Template> = {}): Template {
  return {
    name: cause.replaceAll(":", "."),
    cause,
    kind: cause.split(":").at(-1) ?? "",
    weight: 0.8,
    halfLifeHours: 10,
    ...{ rain: 1, snow: 1, wind: 1, dust: 1 },
    texts: [`${cause} at {place}, day {day}.`],
    asset: "",
    concepts: [],
    ...more,
  };
}

export const places = ["mill", "bridge", "hill"].map((id) => ({
  id,
  title: `the ${id}`,
  kind: "landmark",
  x: id.length * 10,
  y: 5,
}));

export const configuration: Partial<ConfigureTraces> & { readonly templates: Template[] } = {
  region: "moor",
  places,
  tracesMax: 50,
  language: "old-moorish",
  templates: [
    template("occurrence"),
    template("occurrence:raid", { rain: 3 }),
    template("aftermath:raid", { kind: "ruin" }),
    template("quest:completed", {
      texts: ["{player} was [here|here indeed]: {subject}."],
      concepts: ["friend"],
    }),
    template("fight:won", { kind: "scuffle", texts: ["{player} beat the {subject}."] }),
    template("fight:won:wolf", { kind: "paws", texts: ["{player} beat the wolf at {place}."] }),
    template("storm", { kind: "damage" }),
  ],
};

/** A world with the traces of two regions, and somebody who publishes what the test says. */
export class TracesRig {
  readonly world: TestWorld;
  readonly #wanted: { type: DescMessage; event: MessageInitShape<DescMessage> }[] = [];
  #now = 0;

  constructor(
    setup: Partial<ConfigureTraces> = configuration,
    options: Partial<TestWorldOptions> = {},
  ) {
    const herald = scripted("herald", {
      publish: (ctx) => {
        for (const { type, event } of this.#wanted.splice(0)) ctx.publish(type, event);
      },
    });
    const peaks = { ...configuration, region: "peaks" };
    this.world = createTestWorld({
      actors: [traces, herald],
      bootstrap: [
        { address: "traces/moor", type: ConfigureTracesSchema, message: setup },
        { address: "traces/peaks", type: ConfigureTracesSchema, message: peaks },
      ],
      ...options,
    });
    this.world.step();
  }

  get state() {
    return this.world.stateOf("traces/moor", TracesStateSchema) ?? create(TracesStateSchema);
  }

  /** Publishes an event, and lets all of it be handled. */
  publish<Desc extends DescMessage>(
    type: Desc,
    ...events: readonly MessageInitShape<Desc>[]
  ): void {
    this.#wanted.push(...events.map((event) => ({ type, event: event as never })));
    tell(this.world, "herald/main", "publish");
    this.world.step();
  }

  /** Lets game time pass, an hour at a time. */
  pass(hours: number): void {
    for (let i = 0; i < hours; i += 1) {
      const previousGameMs = BigInt(this.#now);
      this.#now += hour;
      this.publish(TimeEventSchema, { previousGameMs, settledGameMs: BigInt(this.#now) });
    }
  }
}

/** A message as an actor gets it, with all its fields. */
export function fullConfiguration(more: Partial<ConfigureTraces> = {}): ConfigureTraces {
  return { ...create(ConfigureTracesSchema, configuration), ...more };
}
