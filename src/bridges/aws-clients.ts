import type { SNSClient, SNSClientConfig } from "@aws-sdk/client-sns";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { BridgeConfiguration } from "./configuration.ts";
import { optionalPackage } from "./optional-package.ts";

const connectMsMax = 1_000;
const requestMsMax = 3_000;
/** A long poll may take 20 s. */
const pollMsMax = 25_000;
const socketsMax = 64;

/** Clients of AWS. Each has connections of its own: a long poll never keeps a message from going out. */
export interface AwsClients {
  /** Publishes. */
  readonly sns: SNSClient;
  /** Sends, deletes and changes messages of queues. */
  readonly sqs: SQSClient;
  /** Long polls, of up to 20 s. */
  readonly polls: SQSClient;
  close(): void;
}

/**
 * Loads the SDK and makes its clients. None of them tries anything again by itself: who asks knows better what may be
 * repeated, and when. Without a time-out that throws, a client waits for ever for a server that took its connection and
 * never answers. Throws FAILED_PRECONDITION when the SDK is not installed.
 */
export async function openAwsClients({
  region,
  endpoint,
}: Pick<BridgeConfiguration, "region" | "endpoint">): Promise<AwsClients> {
  const [{ SNSClient }, { SQSClient }] = await Promise.all([
    optionalPackage("@aws-sdk/client-sns", () => import("@aws-sdk/client-sns")),
    optionalPackage("@aws-sdk/client-sqs", () => import("@aws-sdk/client-sqs")),
  ]);
  const options = (requestTimeout: number) => ({
    region,
    maxAttempts: 1,
    ...(endpoint !== undefined && { endpoint }),
    ...credentialsFor(endpoint),
    requestHandler: {
      connectionTimeout: connectMsMax,
      requestTimeout,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: socketsMax },
      httpsAgent: { keepAlive: true, maxSockets: socketsMax },
    },
  });
  // Behind an endpoint, the address of a queue may name a host that only the service itself knows.
  const queues = { useQueueUrlAsEndpoint: endpoint === undefined };
  const sns = new SNSClient(options(requestMsMax));
  const sqs = new SQSClient({ ...options(requestMsMax), ...queues });
  const polls = new SQSClient({ ...options(pollMsMax), ...queues });
  return {
    sns,
    sqs,
    polls,
    close() {
      for (const client of [sns, sqs, polls]) client.destroy();
    },
  };
}

/** An emulator on this machine asks for credentials, and takes any. */
function credentialsFor(endpoint: string | undefined): Pick<SNSClientConfig, "credentials"> {
  const { AWS_ACCESS_KEY_ID, AWS_PROFILE } = process.env;
  if (endpoint === undefined || AWS_ACCESS_KEY_ID || AWS_PROFILE) return {};
  if (!isLoopback(new URL(endpoint).hostname)) return {};
  return { credentials: { accessKeyId: "local", secretAccessKey: "local" } };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127[.]\d+[.]\d+[.]\d+$/.test(host);
}
