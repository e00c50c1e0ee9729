import type { SQS } from "@aws-sdk/client-sqs";
import { optionalPackage } from "./optional-package.ts";

const connectMsMax = 3_000;
const requestMsMax = 10_000;
const attemptsMax = 3;
const regionOfEmulators = "us-east-1";

/**
 * A client for work on one queue by hand: patient, and it tries again. A queue whose address is not one of AWS is asked
 * at that address, unless another is given. Throws FAILED_PRECONDITION when the SDK is not installed.
 */
export async function openSqs(queueUrl: string, endpoint: string | undefined): Promise<SQS> {
  const { hostname } = new URL(queueUrl);
  const region = /^sqs[.]([a-z0-9-]+)[.]amazonaws[.]/.exec(hostname)?.[1];
  const at = endpoint ?? (region === undefined ? originOf(queueUrl) : undefined);
  const { AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_REGION } = process.env;
  const hasCredentials = AWS_ACCESS_KEY_ID !== undefined || AWS_PROFILE !== undefined;
  const { SQS } = await optionalPackage("@aws-sdk/client-sqs", () => import("@aws-sdk/client-sqs"));
  return new SQS({
    region: region ?? AWS_REGION ?? regionOfEmulators,
    maxAttempts: attemptsMax,
    requestHandler: {
      connectionTimeout: connectMsMax,
      requestTimeout: requestMsMax,
      // Without it the SDK only warns, and waits on.
      throwOnRequestTimeout: true,
    },
    ...(at !== undefined && { endpoint: at, useQueueUrlAsEndpoint: false }),
    // An emulator takes any credentials, but wants some. AWS is not reached without TLS.
    ...(at?.startsWith("http:") &&
      !hasCredentials && { credentials: { accessKeyId: "local", secretAccessKey: "local" } }),
  });
}

/** Names below `localhost`, which emulators write, are this machine; not every system knows that. */
function originOf(queueUrl: string): string {
  const { protocol, hostname, port, origin } = new URL(queueUrl);
  return hostname.endsWith(".localhost") ? `${protocol}//127.0.0.1:${port}` : origin;
}
