import { ActorStoppedSchema, EffectFailedSchema } from "../../src/gen/tellurion/v1/actor_pb.ts";
import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import type { Bootstrap } from "../../src/runtime/host.ts";
import {
  type ActorContext,
  type ActorDefinition,
  type Directive,
  defineActor,
  type Supervision,
  type View,
} from "../../src/runtime/index.ts";
import {
  ChaosSchema,
  type ChaosState,
  ChaosStateSchema,
  FloodLatestSchema,
  FloodOldestSchema,
  FloodSchema,
  GrantedSchema,
  TickSchema,
  WishSchema,
} from "../gen/tellurion/test/v1/chaos_pb.ts";

/**
 * A world built to be hard on the core: actors that send to random others, publish, listen, schedule, cancel, spawn,
 * stop, watch, ask for effects, throw under every directive and scope, send large messages, and overflow mailboxes of
 * every policy. All they do is drawn from their own random sources, so any difference between two runs shows in the
 * state hash.
 */
const kinds = ["resume", "restart", "return", "stop", "escalate"] as const;
/** What they spawn. Siblings share each other's restarts, twins each other's end. */
const childKinds = ["child", "sibling", "twin"] as const;
const population = 400;
const regions = 24;

function mixIn(state: ChaosState, value: bigint): void {
  state.handled += 1n;
  state.checksum = BigInt.asUintN(
    64,
    (state.checksum ^ value) * 6364136223846793005n + 1442695040888963407n,
  );
}

function someAddress(ctx: ActorContext): string {
  return `${kinds[ctx.random.integer(kinds.length)]}/${ctx.random.integer(population)}`;
}

function onChaos(state: ChaosState, message: View<typeof ChaosSchema>, ctx: ActorContext): void {
  mixIn(state, message.value + BigInt(message.text.length + message.padding.length));
  if (ctx.sender) mixIn(state, BigInt(ctx.sender.length));
  const { hops } = message;
  if (hops === 0) return;
  const fanOut = ctx.random.integer(3);
  for (let i = 0; i < fanOut; i += 1) {
    const size = ctx.random.integer(50) === 0 ? ctx.random.integer(40_000) : ctx.random.integer(20);
    ctx.send(someAddress(ctx), ChaosSchema, {
      hops: hops - 1,
      value: BigInt(ctx.random.integer(1_000_000)),
      text: "x".repeat(ctx.random.integer(30)),
      padding: new Uint8Array(size),
    });
  }
  misbehave(state, ctx, hops);
}

function misbehave(state: ChaosState, ctx: ActorContext, hops: number): void {
  const value = BigInt(ctx.random.integer(1_000));
  switch (ctx.random.integer(24)) {
    case 0:
      ctx.publish(WeatherEventSchema, {
        region: `r${ctx.random.integer(regions)}`,
        oldState: "clear",
        newState: "rain",
        intensity: ctx.random.next(),
      });
      break;
    case 1:
      state.timers.push(
        ctx.schedule(
          ctx.random.integer(400),
          TickSchema,
          { value },
          ctx.random.integer(4) === 0 ? { everyMs: 100 } : {},
        ),
      );
      break;
    case 2:
      for (const timer of state.timers.splice(0)) ctx.cancel(timer);
      break;
    case 3: {
      for (const kind of childKinds) {
        const child = `${kind}/${ctx.kind}-${ctx.key}-${state.children.length % 5}`;
        state.children.push(child);
        ctx.spawn(child, ChaosSchema, { hops: 3, value });
      }
      break;
    }
    case 4:
      if (ctx.random.integer(3) === 0) ctx.stop();
      break;
    case 5: {
      const child = state.children.pop();
      if (child) ctx.stop(child);
      break;
    }
    case 6:
      ctx.watch(someAddress(ctx));
      break;
    case 7:
      ctx.send(someAddress(ctx), ChaosSchema, { hops: 1, value });
      ctx.publish(WeatherEventSchema, { region: "r1" });
      ctx.schedule(10, TickSchema, { value });
      ctx.effect(WishSchema, { value });
      throw new Error(`planned failure ${ctx.random.integer(1_000)}`);
    case 8:
      for (let i = 0; i < 40; i += 1) {
        ctx.send("sink/0", FloodSchema, { value: value + BigInt(i) });
        if (i % 3 === 0) ctx.send("sink/0", FloodLatestSchema, { value });
        if (i % 5 === 0) ctx.send("sink/0", FloodOldestSchema, { value });
      }
      break;
    case 9:
      if (ctx.sender) ctx.reply(ChaosSchema, { hops: Math.max(hops - 2, 0), value });
      break;
    case 10:
      mixIn(state, BigInt(ctx.effect(WishSchema, { value })));
      break;
    default:
  }
}

function chaosActor(
  kind: string,
  directive: Directive,
  more: Partial<Supervision> = {},
): ActorDefinition {
  return defineActor({
    kind,
    state: ChaosStateSchema,
    init: (ctx) => ({
      checksum: BigInt(ctx.random.integer(1_000_000)),
      startedFrame: ctx.frame,
    }),
    on: ({ handle }) => [
      handle(ChaosSchema, onChaos),
      handle(TickSchema, (state, message, ctx) => {
        mixIn(state, message.value);
        ctx.send(someAddress(ctx), ChaosSchema, { hops: 4, value: message.value });
      }),
      handle(WeatherEventSchema, (state, event) => mixIn(state, BigInt(event.region.length + 7)), {
        ownKey: kind === "stop",
      }),
      handle(ActorStoppedSchema, (state, message) =>
        mixIn(state, BigInt(message.address.length * 8 + message.reason)),
      ),
      handle(GrantedSchema, (state, { value }, ctx) => {
        mixIn(state, value + BigInt(ctx.outcomeOf ?? 0));
        ctx.send(someAddress(ctx), ChaosSchema, { hops: 2, value });
      }),
      handle(EffectFailedSchema, (state, { effect, code }) =>
        mixIn(state, BigInt(effect + code.length)),
      ),
    ],
    // What escalates needs somebody above it.
    activation: directive === "escalate" ? "spawned" : "on-demand",
    supervision: { directive, restartsMax: 3, windowFrames: 30, ...more },
  });
}

/** Listens to events of its own region only. */
const region = defineActor({
  kind: "region",
  state: ChaosStateSchema,
  init: () => ({}),
  on: ({ handle }) => [
    handle(ChaosSchema, (state, message) => mixIn(state, message.value)),
    handle(
      WeatherEventSchema,
      (state, event) => mixIn(state, BigInt((Math.fround(event.intensity) * 1e6) | 0)),
      {
        ownKey: true,
      },
    ),
  ],
});

/** Its mailbox overflows. */
const sink = defineActor({
  kind: "sink",
  state: ChaosStateSchema,
  init: () => ({}),
  mailboxMax: 50,
  on: ({ handle }) => [
    handle(FloodSchema, (state, message) => mixIn(state, message.value)),
    handle(FloodLatestSchema, (state, message) => mixIn(state, message.value * 3n), {
      overflow: "latest",
    }),
    handle(FloodOldestSchema, (state, message) => mixIn(state, message.value * 7n), {
      overflow: "oldest",
    }),
  ],
});

/** Keeps the world busy: wakes some actors every few frames, and adopts those whose failures escalate. */
const root = defineActor({
  kind: "root",
  state: ChaosStateSchema,
  init: (ctx) => {
    ctx.schedule(0, TickSchema, { value: 1n }, { everyMs: 50 });
    return {};
  },
  supervision: { directive: "resume" },
  on: ({ handle }) => [
    handle(ChaosSchema, (state, message, ctx) => {
      mixIn(state, message.value);
      for (let i = 0; i < regions; i += 1) ctx.spawn(`region/r${i}`, ChaosSchema, { value: 1n });
      for (let i = 0; i < population; i += 1) ctx.spawn(`escalate/${i}`, ChaosSchema, { hops: 1 });
    }),
    handle(TickSchema, (state, message, ctx) => {
      mixIn(state, message.value);
      for (let i = 0; i < 30; i += 1)
        ctx.send(someAddress(ctx), ChaosSchema, { hops: 6, value: 5n });
    }),
    handle(ActorStoppedSchema, (state, message) => mixIn(state, BigInt(message.reason))),
  ],
});

export const actors: readonly ActorDefinition[] = [
  chaosActor("resume", "resume"),
  chaosActor("restart", "restart"),
  chaosActor("stop", "stop"),
  chaosActor("escalate", "escalate"),
  // They have nobody above them to escalate to.
  chaosActor("return", "restart", { restartFrom: "checkpoint", restartsMax: 1_000 }),
  chaosActor("child", "escalate"),
  chaosActor("sibling", "restart", { scope: "all-for-one", restartFrom: "checkpoint" }),
  chaosActor("twin", "stop", { scope: "all-for-one" }),
  region,
  sink,
  root,
];

export const bootstrap: readonly Bootstrap[] = [
  { address: "root/0", type: ChaosSchema, message: { value: 1n } as never },
];
