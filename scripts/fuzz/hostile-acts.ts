import { UnsecuredJWT } from "jose";
import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { tokenAuthenticator } from "../../src/server/access/authenticator.ts";
import { Gateway } from "../../src/server/gateway/gateway.ts";
import { defaultLimits } from "../../src/server/limits.ts";
import { createLog } from "../../src/server/log.ts";
import { FakeWorld } from "../../test/support/fake-world.ts";
import type { Mutator } from "../../test/support/fuzz/mutator.ts";
import { GatewayClient } from "../../test/support/gateway-client.ts";
import { answerWeather } from "../../test/support/served-world.ts";
import { inSeconds, secret, signed } from "../../test/support/tokens.ts";

const setWeather = "tellurion.v1.WeatherService/SetWeather";
/** How long an answer may take. */
const answerMsMax = 5_000;

/** What an issuer may put where a player's name belongs. */
const oddPlayers = [12_345, true, null, {}, ["anna"], 0, ""];

/** Tokens are made once: what is tested is who takes them. */
async function tokens() {
  const good = await signed({ scope: "weather:write" });
  const [head, claims, signature] = good.split(".");
  const bob = Buffer.from(JSON.stringify({ sub: "bob", exp: inSeconds(3_600) }));
  return {
    good: await signed({ scope: "weather:write", exp: inSeconds(86_400) }),
    reader: await signed({ scope: "weather:read quest:admin", exp: inSeconds(86_400) }),
    other: await signed({ sub: "bob", scope: "weather:write", exp: inSeconds(86_400) }),
    expired: await signed({ exp: inSeconds(-60) }),
    early: await signed({ nbf: inSeconds(86_400), exp: inSeconds(90_000) }),
    forged: await signed({}, new Uint8Array(32)),
    changed: `${head}.${bob.toString("base64url")}.${signature}`,
    cut: `${head}.${claims}`,
    odd: await Promise.all(oddPlayers.map((sub) => signed({ sub: sub as never }))),
    unsigned: new UnsecuredJWT({ sub: "anna", exp: inSeconds(86_400) }).encode(),
  };
}

type Tokens = Awaited<ReturnType<typeof tokens>>;

/** Those who mean ill, or know no better, at a gateway with keys. Each act says with which code it has to end. */
export class HostileActs {
  readonly gateway: Gateway;
  readonly bystander: GatewayClient;
  readonly #world = new FakeWorld();
  readonly #tokens: Tokens;
  readonly #mutator: Mutator;

  private constructor(all: Tokens, mutator: Mutator) {
    this.#tokens = all;
    this.#mutator = mutator;
    answerWeather(this.#world);
    const limits = { ...defaultLimits, joinsPerSecondMax: 100_000, joinsBurstMax: 100_000 };
    const often = { playerCallsPerSecondMax: 1_000_000, playerJoinsPerSecondMax: 1_000_000 };
    const rates = { ...limits, ...often, sessionsKeptMax: 100 };
    const authenticator = tokenAuthenticator(secret, { algorithms: ["HS256"] });
    const log = createLog(() => {});
    this.gateway = new Gateway(this.#world, rates, log, { authenticator });
    this.bystander = new GatewayClient(this.gateway, { token: all.good });
  }

  static async begin(mutator: Mutator): Promise<HostileActs> {
    const acts = new HostileActs(await tokens(), mutator);
    await heard(acts.bystander, "welcome");
    acts.bystander.subscribe("weather");
    return acts;
  }

  /** Does one act. Returns what is wrong with how it ended. */
  async act(): Promise<string | undefined> {
    const all = [
      () => this.#badToken(),
      () => this.#wrongOrder(),
      () => this.#wrongScope(),
      () => this.#replayedToken(),
      () => this.#strangersSession(),
      () => this.#beforeWelcome(),
    ];
    return this.#mutator.pick(all)();
  }

  /** Something happens in the world: whoever did nothing wrong hears of it. */
  tell(): boolean {
    const before = this.bystander.frames.length;
    this.#world.publish(WeatherEventSchema, { region: "north-marsh" });
    this.#world.endFrame();
    this.bystander.ack(this.#world.frame);
    const isHeard = this.bystander.frames.length === before + 1;
    this.bystander.line.messages.length = 0;
    this.bystander.line.sent.length = 0;
    return isHeard && this.bystander.connection.isOpen;
  }

  async #badToken(): Promise<string | undefined> {
    const { expired, early, forged, changed, cut, unsigned, odd } = this.#tokens;
    const all = [expired, early, forged, changed, cut, unsigned, "", ...odd];
    const token = this.#mutator.pick(all);
    const client = new GatewayClient(this.gateway, { token });
    const reason = token === expired ? "4419 TOKEN_EXPIRED" : "4403 NOT_AUTHENTICATED";
    await until(() => client.line.closedWith !== undefined);
    return this.#ended(client, client.line.closedWith, reason);
  }

  async #wrongOrder(): Promise<string | undefined> {
    const client = await this.#join(this.#tokens.good);
    client.say({ case: "hello", value: { token: this.#tokens.good } });
    await heard(client, "problem");
    return this.#ended(client, client.line.sent.at(-1), "problem FAILED_PRECONDITION");
  }

  async #wrongScope(): Promise<string | undefined> {
    const client = await this.#join(this.#tokens.reader);
    const payload = { case: "json", value: '{"region":"north-marsh","condition":"rain"}' } as const;
    client.say({ case: "call", value: { request: 1, method: setWeather, payload } });
    await heard(client, "callResult");
    const { outcome } = client.line.last("callResult");
    const code = outcome.case === "problem" ? outcome.value.code : outcome.case;
    return this.#ended(client, code, "SCOPE_MISSING");
  }

  async #replayedToken(): Promise<string | undefined> {
    const client = await this.#join(this.#tokens.good);
    const resume = client.resume(0);
    client.lose();
    const back = await this.#join(this.#tokens.good, resume);
    if (!back.welcome.resumed) return "a good resume token was refused";
    back.ack(0);
    const thief = await this.#join(this.#tokens.good, resume);
    const problem = this.#ended(thief, thief.line.sent[1], "resync RESUME_TOKEN_INVALID");
    return problem ?? this.#ended(back, `${back.connection.isOpen}`, "true");
  }

  async #strangersSession(): Promise<string | undefined> {
    const client = await this.#join(this.#tokens.good);
    const thief = await this.#join(this.#tokens.other, client.resume(0));
    const problem = this.#ended(thief, thief.line.sent[1], "resync RESUME_TOKEN_INVALID");
    return problem ?? this.#ended(client, `${client.connection.isOpen}`, "true");
  }

  async #beforeWelcome(): Promise<string | undefined> {
    const client = new GatewayClient(this.gateway, { token: this.#tokens.good });
    client.subscribe("weather");
    const first = client.line.sent[0];
    await heard(client, "welcome");
    return this.#ended(client, first, "problem FAILED_PRECONDITION");
  }

  async #join(token: string, resume?: ReturnType<GatewayClient["resume"]>): Promise<GatewayClient> {
    const client = new GatewayClient(this.gateway, { token, ...(resume && { resume }) });
    await heard(client, "welcome");
    return client;
  }

  #ended(client: GatewayClient, was: string | undefined, expected: string): string | undefined {
    client.lose(this.#mutator.chance(0.2));
    return was === expected ? undefined : `${was} instead of ${expected}`;
  }
}

async function heard(client: GatewayClient, kind: string): Promise<void> {
  await until(() => client.line.messages.some((body) => body.case === kind));
}

/** Waits as long as it takes others to do what they have begun. */
async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + answerMsMax;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error("waited for what did not come");
    await new Promise(setImmediate);
  }
}
