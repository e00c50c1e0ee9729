import { ActorStoppedSchema, EffectFailedSchema } from "../../src/gen/tellurion/v1/actor_pb.ts";
import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { type Bootstrap, catalogueOf } from "../../src/runtime/host.ts";
import {
  type ActorContext,
  type ActorDefinition,
  type Directive,
  defineActor,
  Rejection,
} from "../../src/runtime/index.ts";
import { bindKinds } from "../../src/runtime/world/kinds.ts";
import {
  ChaosSchema,
  FloodLatestSchema,
  FloodOldestSchema,
  FloodSchema,
  TickSchema,
} from "../gen/tellurion/test/v1/chaos_pb.ts";
import {
  Trouble,
  VaultService,
  type VaultState,
  VaultStateSchema,
  VoucherMadeSchema,
  VoucherWantedSchema,
  type WandererState,
  WandererStateSchema,
} from "../gen/tellurion/test/v1/simulation_pb.ts";
import { Struck, strike, throwPast } from "./strike.ts";

/** Actors of each wandering kind. */
const population = 6;
const wandering = ["calm", "fresh", "mindful", "fleeting"] as const;
const childrenMax = 4;

interface Put {
  readonly id: string;
  readonly trouble: Trouble;
}

/** Puts an id into a vault, once it is sure that the handler does not fail. */
function put(state: VaultState, { id, trouble }: Put, ctx: ActorContext) {
  if (trouble === Trouble.REJECT) throw new Rejection("FAILED_PRECONDITION", `${id} is refused`);
  if (trouble === Trouble.STICK) throwPast(new Struck("stuck"));
  ctx.publish(WeatherEventSchema, { region: ctx.key, newState: id, intensity: ctx.random.next() });
  if (trouble === Trouble.VOUCHER || trouble === Trouble.THROW) {
    ctx.effect(VoucherWantedSchema, { id });
  }
  if (trouble === Trouble.STIR || trouble === Trouble.THROW) {
    for (let i = 0; i < 3; i += 1) ctx.send(wanderer(ctx), ChaosSchema, { hops: 4, value: 3n });
  }
  if (trouble === Trouble.THROW) throw new Error(`planned failure of ${id}`);
  state.ids.push(id);
  return { id, place: state.ids.length, frame: BigInt(ctx.frame) };
}

/** Remembers every id that was put into it, and every outcome of an effect. */
const vault = defineActor({
  kind: "vault",
  state: VaultStateSchema,
  init: () => ({}),
  mailboxMax: 6,
  supervision: { directive: "resume" },
  on: ({ handle, answer, query }) => [
    answer(VaultService.method.deposit, put),
    answer(VaultService.method.toss, put),
    query(VaultService.method.getVault, ({ ids }) => ({ ids })),
    handle(VoucherMadeSchema, (state, _made, ctx) => {
      state.outcomes.push(ctx.outcomeOf ?? 0);
    }),
    handle(EffectFailedSchema, (state, _failed, ctx) => {
      state.outcomes.push(ctx.outcomeOf ?? 0);
      state.failures += 1;
    }),
  ],
});

function mixIn(state: WandererState, value: bigint): void {
  state.handled += 1n;
  state.checksum = BigInt.asUintN(64, (state.checksum ^ value) * 6364136223846793005n + 1n);
}

function wanderer(ctx: ActorContext): string {
  return `${wandering[ctx.random.integer(wandering.length)]}/${ctx.random.integer(population)}`;
}

/** One thing of all that an actor can do to others or to itself. */
function wander(state: WandererState, ctx: ActorContext): void {
  const value = BigInt(ctx.random.integer(1_000));
  switch (ctx.random.integer(16)) {
    case 0:
      ctx.publish(WeatherEventSchema, { region: `r${ctx.random.integer(3)}`, newState: ctx.key });
      return;
    case 1:
      state.timers.push(ctx.schedule(ctx.random.integer(300), TickSchema, { value }));
      return;
    case 2:
      for (const timer of state.timers.splice(0)) ctx.cancel(timer);
      return;
    case 3: {
      const child = `child/${ctx.kind}-${ctx.key}-${state.children.length % childrenMax}`;
      state.children.push(child);
      ctx.spawn(child, ChaosSchema, { hops: 2, value });
      return;
    }
    case 4:
      if (ctx.random.integer(3) === 0) ctx.stop();
      return;
    case 5: {
      const child = state.children.pop();
      if (child) ctx.stop(child);
      return;
    }
    case 6:
      ctx.watch(wanderer(ctx));
      return;
    case 7: {
      const id = `${ctx.address} ${ctx.frame} ${value}`;
      ctx.effect(VoucherWantedSchema, { id });
      state.wanted.push(id);
      return;
    }
    case 8:
      for (let i = 0; i < 12; i += 1) {
        ctx.send("sink/0", FloodSchema, { value: value + BigInt(i) });
        if (i % 3 === 0) ctx.send("sink/0", FloodLatestSchema, { value });
        if (i % 4 === 0) ctx.send("sink/0", FloodOldestSchema, { value });
      }
      return;
    case 9:
      ctx.effect(VoucherWantedSchema, { id: ctx.address });
      ctx.publish(WeatherEventSchema, { region: "r1" });
      ctx.schedule(20, TickSchema, { value });
      throw new Error(`planned failure ${value}`);
    default:
  }
}

function wanderingActor(
  kind: string,
  directive: Directive,
  more: Partial<ActorDefinition["supervision"]> = {},
): ActorDefinition {
  return defineActor({
    kind,
    state: WandererStateSchema,
    init: (ctx) => ({ checksum: BigInt(ctx.random.integer(1_000_000)) }),
    on: ({ handle }) => [
      handle(ChaosSchema, (state, { hops, value }, ctx) => {
        mixIn(state, value);
        if (hops === 0) return;
        for (let i = ctx.random.integer(3); i > 0; i -= 1) {
          ctx.send(wanderer(ctx), ChaosSchema, { hops: hops - 1, value: value + BigInt(i) });
        }
        wander(state, ctx);
      }),
      handle(TickSchema, (state, { value }, ctx) => {
        mixIn(state, value);
        ctx.send(wanderer(ctx), ChaosSchema, { hops: 2, value });
      }),
      handle(WeatherEventSchema, (state, { region }) => mixIn(state, BigInt(region.length + 7))),
      handle(ActorStoppedSchema, (state, { reason }) => mixIn(state, BigInt(reason))),
      handle(VoucherMadeSchema, (state, { id }, ctx) => {
        mixIn(state, BigInt(ctx.outcomeOf ?? 0));
        const at = state.wanted.indexOf(id);
        if (at === -1) state.strange.push(id);
        else state.wanted.splice(at, 1);
      }),
      handle(EffectFailedSchema, (state, { text }) => mixIn(state, BigInt(text.length))),
    ],
    activation: kind === "child" ? "spawned" : "on-demand",
    supervision: { directive, restartsMax: 1_000_000, ...more },
  });
}

/** Its mailbox overflows. */
const sink = defineActor({
  kind: "sink",
  state: WandererStateSchema,
  init: () => ({}),
  mailboxMax: 10,
  on: ({ handle }) => [
    handle(FloodSchema, (state, { value }) => mixIn(state, value)),
    handle(FloodLatestSchema, (state, { value }) => mixIn(state, value * 3n), {
      overflow: "latest",
    }),
    handle(FloodOldestSchema, (state, { value }) => mixIn(state, value * 7n), {
      overflow: "oldest",
    }),
  ],
});

/** Keeps the world moving. */
const heart = defineActor({
  kind: "heart",
  state: WandererStateSchema,
  init: (ctx) => {
    ctx.schedule(0, TickSchema, { value: 1n }, { everyMs: 60 });
    return {};
  },
  supervision: { directive: "resume" },
  on: ({ handle }) => [
    handle(TickSchema, (state, { value }, ctx) => {
      mixIn(state, value);
      ctx.send(wanderer(ctx), ChaosSchema, { hops: 3, value });
    }),
  ],
});

const actors: readonly ActorDefinition[] = [
  vault,
  wanderingActor("calm", "resume"),
  wanderingActor("fresh", "restart"),
  wanderingActor("mindful", "restart", { restartFrom: "checkpoint" }),
  wanderingActor("fleeting", "stop"),
  wanderingActor("child", "restart", { scope: "all-for-one", restartsMax: 2, windowFrames: 30 }),
  sink,
  heart,
].map((definition) => ({
  ...definition,
  handlers: definition.handlers.map(struckAt),
}));

/** Each handler is a point at which a blow can fall. */
function struckAt<H extends ActorDefinition["handlers"][number]>(handler: H): H {
  const run = (state: never, message: never, ctx: never): unknown => {
    strike.passHandler();
    return handler.run(state, message, ctx);
  };
  return { ...handler, run };
}

export const catalogue = catalogueOf(actors);
export const kinds = bindKinds(actors, catalogue);

export const bootstrap: readonly Bootstrap[] = [
  { address: "heart/0", type: TickSchema, message: {} },
];
