import type { SNS } from "@aws-sdk/client-sns";
import type { SQS } from "@aws-sdk/client-sqs";
import { optionalPackage } from "./optional-package.ts";

/** Where SNS and SQS are. */
export interface Place {
  readonly region: string;
  /** Undefined: AWS itself. */
  readonly endpoint: string | undefined;
}

/** The SDK's clients for what is done once, like setting up: a few calls, one after the other. */
export interface Clients {
  readonly sns: SNS;
  readonly sqs: SQS;
  close(): void;
}

const connectMsMax = 3_000;
const requestMsMax = 10_000;
const attemptsMax = 3;

/** Opens clients. Throws FAILED_PRECONDITION when the SDK is not installed. */
export async function openClients(place: Place): Promise<Clients> {
  const { SNS } = await optionalPackage("@aws-sdk/client-sns", () => import("@aws-sdk/client-sns"));
  const { SQS } = await optionalPackage("@aws-sdk/client-sqs", () => import("@aws-sdk/client-sqs"));
  const options = clientOptions(place);
  const sns = new SNS(options);
  const sqs = new SQS(options);
  return {
    sns,
    sqs,
    close() {
      sns.destroy();
      sqs.destroy();
    },
  };
}

function clientOptions({ region, endpoint }: Place) {
  const requestHandler = {
    connectionTimeout: connectMsMax,
    requestTimeout: requestMsMax,
    // Without it the SDK only warns, and waits on.
    throwOnRequestTimeout: true,
  };
  const options = { region, maxAttempts: attemptsMax, requestHandler };
  if (endpoint === undefined) return options;
  const credentials = credentialsFor(endpoint);
  return {
    ...options,
    endpoint,
    // An emulator writes its own idea of its address into the URLs of queues.
    useQueueUrlAsEndpoint: false,
    ...(credentials && { credentials }),
  };
}

/** AWS is not reached without TLS. An emulator is: it takes any credentials, but wants some. */
function credentialsFor(endpoint: string) {
  const { AWS_ACCESS_KEY_ID } = process.env;
  if (AWS_ACCESS_KEY_ID !== undefined || !endpoint.startsWith("http:")) return undefined;
  return { accessKeyId: "local", secretAccessKey: "local" };
}
