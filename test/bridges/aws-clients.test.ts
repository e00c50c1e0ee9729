import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { oneAttempt, openAwsClients, severalAttempts } from "../../src/bridges/aws-clients.ts";
import { type Place, placeOfQueue } from "../../src/bridges/place.ts";

afterEach(() => vi.unstubAllEnvs());

async function credentialsAt(endpoint: string | undefined): Promise<(string | undefined)[]> {
  const clients = await openAwsClients({ region: "eu-west-1", endpoint }, oneAttempt);
  onTestFinished(() => clients.close());
  const { sns, sqs, polls } = clients;
  return await Promise.all(
    [sns, sqs, polls].map(({ config }) =>
      config.credentials().then(
        ({ accessKeyId }) => accessKeyId,
        () => undefined,
      ),
    ),
  );
}

function withoutCredentials(): void {
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) {
    vi.stubEnv(name, "/dev/null");
  }
}

test.each(["http://127.0.0.1:4566", "http://emulator:4566"])(
  "%s gets credentials that mean nothing when there are none",
  async (endpoint) => {
    withoutCredentials();
    expect(await credentialsAt(endpoint)).toEqual(["local", "local", "local"]);
  },
);

test.each([undefined, "https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com"])(
  "AWS at %s gets none that mean nothing",
  async (endpoint) => {
    withoutCredentials();
    expect(await credentialsAt(endpoint)).toEqual([undefined, undefined, undefined]);
  },
);

test("those of the environment come first, everywhere", async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "mine");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  expect(await credentialsAt("http://127.0.0.1:4566")).toEqual(["mine", "mine", "mine"]);
  expect(await credentialsAt(undefined)).toEqual(["mine", "mine", "mine"]);
});

test("a bridge's clients ask once, for it repeats itself; others ask three times", async () => {
  const place: Place = { region: "eu-west-1", endpoint: undefined };
  for (const [patience, attempts] of [
    [oneAttempt, 1],
    [severalAttempts, 3],
  ] as const) {
    const clients = await openAwsClients(place, patience);
    onTestFinished(() => clients.close());
    const { sns, sqs, polls } = clients;
    for (const { config } of [sns, sqs, polls]) expect(await config.maxAttempts()).toBe(attempts);
  }
});

test.each<[string, string | undefined, Place]>([
  [
    "https://sqs.eu-west-1.amazonaws.com/123456789012/dead",
    undefined,
    { region: "eu-west-1", endpoint: undefined },
  ],
  [
    "http://127.0.0.1:4566/000000000000/dead",
    undefined,
    { region: "us-east-1", endpoint: "http://127.0.0.1:4566" },
  ],
  [
    "http://sqs.us-east-1.localhost:4566/000000000000/dead",
    undefined,
    { region: "us-east-1", endpoint: "http://127.0.0.1:4566" },
  ],
  [
    "https://sqs.eu-west-1.amazonaws.com/123456789012/dead",
    "http://emulator:1",
    { region: "eu-west-1", endpoint: "http://emulator:1" },
  ],
])("a queue at %s, with the endpoint %s, is asked where it is", (queueUrl, endpoint, place) => {
  vi.stubEnv("AWS_REGION", undefined);
  expect(placeOfQueue(queueUrl, endpoint)).toEqual(place);
});
