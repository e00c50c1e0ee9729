import type { MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { World } from "../../src/runtime/host.ts";
import { codecOf } from "../../src/runtime/index.ts";
import {
  type GetAccountResponse,
  LedgerService,
  type PulseState,
  type RecordRequestSchema,
  type RecordResponse,
} from "../gen/tellurion/test/v1/ledger_pb.ts";

type Method = (typeof LedgerService.method)[keyof typeof LedgerService.method];

const timeoutMs = 20_000;

/** Records in an account of the ledger world. */
export async function record(
  world: World,
  request: MessageInitShape<typeof RecordRequestSchema> & { account: string },
  idempotencyKey = "",
): Promise<RecordResponse> {
  const { record: method } = LedgerService.method;
  const bytes = codecOf(method.input).toBytes(request);
  const reply = await call(world, method, request.account, bytes, idempotencyKey);
  return codecOf(method.output).decode(reply);
}

export async function readAccount(world: World, account: string): Promise<GetAccountResponse> {
  const { getAccount: method } = LedgerService.method;
  const bytes = codecOf(method.input).toBytes({ account });
  return codecOf(method.output).decode(await call(world, method, account, bytes));
}

export async function readPulse(
  world: World,
  pulse: string,
): Promise<{ readonly pulse: PulseState; readonly frame: bigint }> {
  const { getPulse: method } = LedgerService.method;
  const bytes = codecOf(method.input).toBytes({ pulse });
  const response = codecOf(method.output).decode(await call(world, method, pulse, bytes));
  return response as MessageShape<typeof method.output> & { readonly pulse: PulseState };
}

function call(
  world: World,
  { name }: Method,
  key: string,
  request: Uint8Array,
  idempotencyKey = "",
): Promise<Uint8Array> {
  const method = world.catalogue.methodByName(`${LedgerService.typeName}/${name}`);
  if (method === undefined) throw new Error(`this world does not answer ${name}`);
  return world.call(method, key, request, { timeoutMs, idempotencyKey });
}
