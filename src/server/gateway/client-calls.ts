import { fromBinary, type MessageInitShape, toJsonString } from "@bufbuild/protobuf";
import type { Call, CallResult, CallResultSchema } from "../../gen/tellurion/v1/client_pb.ts";
import type { World } from "../../runtime/host.ts";
import { TellurionError } from "../../runtime/index.ts";
import type { GuardedCalls } from "../access/guarded-calls.ts";
import type { Identity } from "../access/identity.ts";
import {
  asTellurionError,
  callTimeout,
  idempotencyKeyOf,
  methodNamed,
  requestOfBytes,
  requestOfJson,
} from "../calls.ts";
import type { Limits } from "../limits.ts";

type CallResultInit = MessageInitShape<typeof CallResultSchema>;
type Outcome = CallResult["outcome"];

interface ClientCallOptions {
  /** How an answer is written when the call's payload does not tell. */
  readonly jsonByDefault: boolean;
  /** By what way they come, for the log. */
  readonly via: string;
}

/** The calls that one client makes over its WebSocket. */
export class ClientCalls {
  readonly #calls: GuardedCalls;
  readonly #world: World;
  readonly #identity: Identity;
  readonly #limits: Limits;
  readonly #options: ClientCallOptions;
  #inFlight = 0;

  constructor(
    calls: GuardedCalls,
    world: World,
    identity: Identity,
    limits: Limits,
    options: ClientCallOptions,
  ) {
    this.#calls = calls;
    this.#world = world;
    this.#identity = identity;
    this.#limits = limits;
    this.#options = options;
  }

  /** The answer to a call, or the problem with it. Never rejects. */
  async answer(call: Call): Promise<CallResultInit> {
    const { request } = call;
    if (this.#inFlight >= this.#limits.callsInFlightMax) {
      return problem(
        request,
        new TellurionError("RESOURCE_EXHAUSTED", `calls in flight=${this.#inFlight} is the most`),
      );
    }
    this.#inFlight += 1;
    try {
      return { request, outcome: await this.#ask(call) };
    } catch (error) {
      return problem(request, asTellurionError(error));
    } finally {
      this.#inFlight -= 1;
    }
  }

  async #ask({ method: name, payload, timeoutMs, idempotencyKey }: Call): Promise<Outcome> {
    const method = methodNamed(this.#world.catalogue, name);
    const asJson = payload.case ? payload.case === "json" : this.#options.jsonByDefault;
    const request =
      payload.case === "json"
        ? requestOfJson(method, payload.value)
        : requestOfBytes(method, payload.value ?? new Uint8Array());
    const options = {
      timeoutMs: callTimeout(timeoutMs, this.#limits),
      idempotencyKey: idempotencyKeyOf(idempotencyKey),
    };
    const { via } = this.#options;
    const answer = await this.#calls.call(this.#identity, method, request, options, via);
    if (!asJson) return { case: "message", value: new Uint8Array(answer) };
    const { output } = method.desc;
    return { case: "json", value: toJsonString(output, fromBinary(output, answer)) };
  }
}

function problem(request: number, { code, message }: TellurionError): CallResultInit {
  return { request, outcome: { case: "problem", value: { code, message, request } } };
}
