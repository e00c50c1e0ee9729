import type { SNS } from "@aws-sdk/client-sns";
import type { SQS, SQSClientConfig } from "@aws-sdk/client-sqs";
import { optionalPackage } from "./optional-package.ts";
import type { Place } from "./place.ts";

/** A long poll may take 20 s. */
const pollMsMax = 25_000;
const socketsMax = 64;

/** How long a client waits for an answer, and how often it asks. */
interface Patience {
  readonly connectMsMax: number;
  readonly requestMsMax: number;
  readonly attemptsMax: number;
}

/** For a bridge: it knows better than its clients what may be repeated, and when. */
export const oneAttempt: Patience = { connectMsMax: 1_000, requestMsMax: 3_000, attemptsMax: 1 };

/** For what is done once, like setting up: a few calls, one after the other. */
export const severalAttempts: Patience = {
  ...{ connectMsMax: 3_000, requestMsMax: 10_000, attemptsMax: 3 },
};

/** Clients of AWS. Each has connections of its own: a long poll never keeps a message from going out. */
export interface AwsClients {
  /** Publishes. */
  readonly sns: SNS;
  /** Sends, deletes and changes messages of queues. */
  readonly sqs: SQS;
  /** Long polls, of up to 20 s. */
  readonly polls: SQS;
  close(): void;
}

/** Loads the SDK and makes its clients. Throws FAILED_PRECONDITION when the SDK is not installed. */
export async function openAwsClients(place: Place, patience: Patience): Promise<AwsClients> {
  const [{ SNS }, { SQS }] = await Promise.all([
    optionalPackage("@aws-sdk/client-sns", () => import("@aws-sdk/client-sns")),
    optionalPackage("@aws-sdk/client-sqs", () => import("@aws-sdk/client-sqs")),
  ]);
  const { requestMsMax } = patience;
  const sns = new SNS(clientOptions(place, patience));
  const sqs = new SQS(clientOptions(place, patience));
  const polls = new SQS(
    clientOptions(place, { ...patience, requestMsMax: Math.max(pollMsMax, requestMsMax) }),
  );
  return {
    ...{ sns, sqs, polls },
    close() {
      for (const client of [sns, sqs, polls]) client.destroy();
    },
  };
}

function clientOptions(
  { region, endpoint }: Place,
  { connectMsMax, requestMsMax, attemptsMax }: Patience,
): SQSClientConfig {
  return {
    ...{ region, maxAttempts: attemptsMax },
    requestHandler: {
      connectionTimeout: connectMsMax,
      requestTimeout: requestMsMax,
      // Without it the SDK only warns, and waits for ever for a server that took its connection and never answers.
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: socketsMax },
      httpsAgent: { keepAlive: true, maxSockets: socketsMax },
    },
    // Behind an endpoint, the address of a queue may name a host that only the service itself knows.
    ...(endpoint !== undefined && { endpoint, useQueueUrlAsEndpoint: false }),
    ...credentialsFor(endpoint),
  };
}

/** An emulator takes any credentials, but wants some. AWS is not reached without TLS, and never gets these. */
function credentialsFor(endpoint: string | undefined): Pick<SQSClientConfig, "credentials"> {
  const { AWS_ACCESS_KEY_ID, AWS_PROFILE } = process.env;
  if (AWS_ACCESS_KEY_ID || AWS_PROFILE || !endpoint?.startsWith("http:")) return {};
  return { credentials: { accessKeyId: "local", secretAccessKey: "local" } };
}
