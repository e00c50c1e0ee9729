import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";

/**
 * A client for a consumer. The SDK's defaults wait for minutes on a connection that nobody answers, hash each body a
 * second time, and send requests to the queue's address instead of the endpoint.
 */
export function queueClient(configuration: SQSClientConfig = {}): SQSClient {
  return new SQSClient({
    md5: false,
    maxAttempts: 1,
    ...(configuration.endpoint === undefined ? {} : { useQueueUrlAsEndpoint: false }),
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 25_000,
      throwOnRequestTimeout: true,
    },
    ...configuration,
  });
}
