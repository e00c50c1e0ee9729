/** Where SNS and SQS are. */
export interface Place {
  readonly region: string;
  /** `http://127.0.0.1:4566`. Undefined: AWS itself. */
  readonly endpoint: string | undefined;
}

/** Emulators know no regions, and take any. */
export const regionOfEmulators = "us-east-1";

/** Where a queue is asked that is not one of AWS: at its own address, unless another is given. */
export function placeOfQueue(queueUrl: string, endpoint: string | undefined): Place {
  const region = regionOfQueue(queueUrl);
  const { AWS_REGION } = process.env;
  return {
    region: region ?? AWS_REGION ?? regionOfEmulators,
    endpoint: endpoint ?? (region === undefined ? originOf(queueUrl) : undefined),
  };
}

/** Undefined: it is not a queue of AWS itself. */
export function regionOfQueue(queueUrl: string): string | undefined {
  return /^https:\/\/sqs[.]([a-z0-9-]+)[.]amazonaws[.]com/.exec(queueUrl)?.[1];
}

/** Names below `localhost`, which emulators write, are this machine; not every system knows that. */
function originOf(queueUrl: string): string {
  const { protocol, hostname, port, origin } = new URL(queueUrl);
  return hostname.endsWith(".localhost") ? `${protocol}//127.0.0.1:${port}` : origin;
}
