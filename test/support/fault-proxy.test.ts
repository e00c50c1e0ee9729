import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, onTestFinished, test } from "vitest";
import { FaultProxy } from "./fault-proxy.ts";
import { within } from "./within.ts";

/** An endpoint that counts, and a proxy before it. */
async function proxied(seed = 1) {
  const delivered: string[] = [];
  const endpoint = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    delivered.push(body);
    response.end(`echo ${body}`);
  });
  await new Promise<void>((listening) => endpoint.listen(0, "127.0.0.1", listening));
  const { port } = endpoint.address() as AddressInfo;
  const proxy = await FaultProxy.start(`http://127.0.0.1:${port}`, seed);
  onTestFinished(async () => {
    await proxy.close();
    endpoint.closeAllConnections();
    endpoint.close();
  });
  return { proxy, delivered, endpoint };
}

function post(url: string, body: string, signal?: AbortSignal): Promise<Response> {
  return fetch(url, { method: "POST", body, ...(signal && { signal }) });
}

test("without faults it passes requests and answers on", async () => {
  const { proxy, delivered } = await proxied();
  const large = "x".repeat(1_000_000);
  expect(await (await post(proxy.url, large)).text()).toBe(`echo ${large}`);
  expect(delivered).toEqual([large]);
  expect(proxy.counts.passed).toBe(1);
});

test("503, resets and refused connections keep the request from its endpoint", async () => {
  const { proxy, delivered } = await proxied();
  proxy.faults = { unavailable: 1 };
  expect((await post(proxy.url, "a")).status).toBe(503);
  proxy.faults = { reset: 1 };
  await expect(post(proxy.url, "b")).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  await proxy.setOutage(true);
  await expect(post(proxy.url, "c")).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
  expect(delivered).toEqual([]);
  await proxy.setOutage(false);
  proxy.faults = {};
  expect(await (await post(proxy.url, "d")).text()).toBe("echo d");
  expect(proxy.counts).toMatchObject({ unavailable: 1, reset: 1, outages: 1, passed: 1 });
});

test("a dropped answer's request has been delivered", async () => {
  const { proxy, delivered } = await proxied();
  proxy.faults = { dropped: 1 };
  await expect(post(proxy.url, "a")).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  expect(delivered).toEqual(["a"]);
  expect(proxy.counts.dropped).toBe(1);
});

test("a half-open connection takes the request and never answers", async () => {
  const { proxy, delivered } = await proxied();
  proxy.faults = { halfOpen: 1 };
  const signal = AbortSignal.timeout(300);
  await expect(post(proxy.url, "a", signal)).rejects.toMatchObject({ name: "TimeoutError" });
  expect(delivered).toEqual([]);
  expect(proxy.counts.halfOpen).toBe(1);
});

test("the SDK takes its throttling for AWS's own, of SNS and of SQS", async () => {
  const { proxy } = await proxied();
  proxy.faults = { throttled: 1 };
  const credentials = { accessKeyId: "none", secretAccessKey: "none" };
  const options = { endpoint: proxy.url, region: "us-east-1", credentials, maxAttempts: 1 };
  const throttled = { $metadata: { httpStatusCode: 400 }, message: "Rate exceeded" };
  const sns = new SNSClient(options).send(new PublishCommand({ Message: "a", TopicArn: "b" }));
  await expect(sns).rejects.toMatchObject({ name: "Throttling", ...throttled });
  const sqs = new SQSClient(options).send(new ListQueuesCommand());
  await expect(sqs).rejects.toMatchObject({ name: "RequestThrottled", ...throttled });
  expect(proxy.counts.throttled).toBe(2);
});

test("the same seed draws the same faults, and each as often as it is probable", async () => {
  const draws = async (seed: number) => {
    const { proxy } = await proxied(seed);
    proxy.faults = { unavailable: 0.3 };
    const codes: number[] = [];
    for (let i = 0; i < 200; i += 1) codes.push((await post(proxy.url, "")).status);
    return codes;
  };
  const [first, second, other] = [await draws(5), await draws(5), await draws(6)];
  expect(second).toEqual(first);
  expect(other).not.toEqual(first);
  const failed = first.filter((code) => code === 503).length;
  expect(failed).toBeGreaterThan(35);
  expect(failed).toBeLessThan(85);
});

test("a plan sets faults and outages at its times", async () => {
  const { proxy } = await proxied();
  const status = () =>
    post(proxy.url, "").then(
      (response) => response.status,
      () => "refused",
    );
  proxy.plan([
    { afterMs: 0, faults: { unavailable: 1 } },
    { afterMs: 150, outage: true },
    { afterMs: 300, outage: false, faults: {} },
  ]);
  await expect.poll(status).toBe(503);
  await expect.poll(status).toBe("refused");
  await expect.poll(status).toBe(200);
});

test("an endpoint that is away is a connection that ends, and the latency delays what passes", async () => {
  const { proxy, endpoint } = await proxied();
  proxy.faults = { latencyMs: 50 };
  const began = performance.now();
  for (let i = 0; i < 10; i += 1) await post(proxy.url, "");
  expect(performance.now() - began).toBeGreaterThan(100);
  endpoint.closeAllConnections();
  await within("the end", new Promise((closed) => endpoint.close(closed)));
  await expect(post(proxy.url, "")).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
});
