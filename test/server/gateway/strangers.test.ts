import { afterEach, expect, test } from "vitest";
import { Gateway } from "../../../src/server/gateway/gateway.ts";
import { binarySubprotocol } from "../../../src/server/gateway/subprotocol.ts";
import { defaultLimits, type Limits } from "../../../src/server/limits.ts";
import { createLog } from "../../../src/server/log.ts";
import { FakeLine } from "../../support/fake-line.ts";
import { FakeWorld } from "../../support/fake-world.ts";
import { GatewayClient } from "../../support/gateway-client.ts";
import { say } from "../../support/spoken.ts";

let gateway: Gateway;
const begin = (limits: Partial<Limits>) => {
  const log = createLog(() => {});
  gateway = new Gateway(new FakeWorld(), { ...defaultLimits, ...limits }, log);
};
afterEach(() => gateway.close());

const comeSilently = () => {
  const line = new FakeLine();
  return { line, connection: gateway.accept(line, binarySubprotocol) };
};

test("who says nothing keeps nobody out: the oldest of the silent makes room", () => {
  begin({ connectionsMax: 2, connectionsUnwelcomedMax: 3 });
  const silent = Array.from({ length: 5 }, comeSilently);
  const full = "4503 CLIENT_TOO_MANY_CONNECTIONS";
  expect(silent.map(({ line }) => line.closedWith)).toEqual([
    ...[full, full, undefined, undefined, undefined],
  ]);
  expect(new GatewayClient(gateway).line.sent).toEqual(["welcome"]);
  expect(new GatewayClient(gateway).line.sent).toEqual(["welcome"]);
  expect(new GatewayClient(gateway).line.closedWith).toBe(full);
});

test("who says hello when the last place has gone is refused", () => {
  begin({ connectionsMax: 1 });
  const { line, connection } = comeSilently();
  const client = new GatewayClient(gateway);
  expect(client.line.sent).toEqual(["welcome"]);
  say(gateway, connection, { case: "hello", value: {} });
  expect(line.closedWith).toBe("4503 CLIENT_TOO_MANY_CONNECTIONS");
  client.lose();
  expect(new GatewayClient(gateway).line.sent).toEqual(["welcome"]);
});
