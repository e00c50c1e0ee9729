import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Authenticator } from "../../../src/server/access/authenticator.ts";
import { developer, type Identity } from "../../../src/server/access/identity.ts";
import { Gateway } from "../../../src/server/gateway/gateway.ts";
import { subprotocols } from "../../../src/server/gateway/subprotocol.ts";
import { defaultLimits } from "../../../src/server/limits.ts";
import { createLog } from "../../../src/server/log.ts";
import { FakeWorld } from "../../support/fake-world.ts";
import { GatewayClient } from "../../support/gateway-client.ts";

/** What no welcome can be written with. */
const faulty = { ...developer, player: 12_345 as never } satisfies Identity;
const [, jsonSubprotocol] = subprotocols;
const toLine = (text: string) => Buffer.from(text);

let gateway: Gateway;
const begin = (authenticator?: Authenticator) => {
  gateway = new Gateway(
    new FakeWorld(),
    defaultLimits,
    createLog(() => {}),
    { authenticator },
  );
};
afterEach(() => gateway.close());

class JsonLine {
  readonly bufferedBytes = 0;
  readonly sent: string[] = [];
  closedWith: string | undefined;
  breaks = false;

  send(data: Uint8Array): void {
    if (this.breaks) throw new Error("the line is broken");
    this.sent.push(Buffer.from(data).toString());
  }

  sendWithNext(data: Uint8Array): void {
    this.send(data);
  }

  hold(data: Uint8Array): void {
    this.send(data);
  }

  flush(): void {}

  close(code: number, reason: string): void {
    this.closedWith = `${code} ${reason}`;
  }
}

describe("what goes wrong with one client ends that client only", () => {
  let line: JsonLine;
  beforeEach(() => {
    line = new JsonLine();
  });

  test.each([
    ["at once", faulty],
    ["later", Promise.resolve(faulty)],
  ])("when its welcome cannot be written, %s", async (_when, identity) => {
    begin({ identify: () => identity });
    const connection = gateway.accept(line, jsonSubprotocol);
    gateway.receive(connection, toLine('{"hello":{}}'), false);
    await identity;
    expect(line.closedWith).toBe("4500 INTERNAL_ERROR");
    expect(line.sent).toEqual([expect.stringContaining("INTERNAL_ERROR")]);
    expect(gateway.counters.connections).toBe(0);
  });

  test("when it cannot even be told", () => {
    begin();
    const other = new GatewayClient(gateway);
    const connection = gateway.accept(line, jsonSubprotocol);
    gateway.receive(connection, toLine('{"hello":{}}'), false);
    line.breaks = true;
    gateway.receive(connection, toLine('{"ping":{}}'), false);
    expect(line.closedWith).toBe("4500 INTERNAL_ERROR");
    other.subscribe("weather");
    expect(other.line.sent).toEqual(["welcome", "subscribed"]);
  });
});
