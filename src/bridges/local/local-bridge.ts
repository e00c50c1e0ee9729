import { join } from "node:path";
import { type ConfigurationFile, configurationFile } from "../configuration-file.ts";
import { regionOfEmulators as region } from "../place.ts";
import { type ResourceWishes, resourceNames } from "../resources.ts";
import { Emulator } from "./emulator.ts";

export interface LocalBridgeOptions {
  readonly worldName: string;
  /** Where the queues are kept, beside the world. Undefined: in memory. */
  readonly dataFolder: string | undefined;
  /** Commands that may come in: all of the world, for whoever is on this machine may do all. */
  readonly methods: readonly string[];
  /** 0: any that is free. */
  readonly port?: number;
  /** Hears of trouble with the queues. */
  readonly note: (text: string) => void;
}

/** A topic and queues on this machine, for people without an account. */
export interface LocalBridge {
  /** For the bridge, as if it stood in a file. */
  readonly configuration: ConfigurationFile;
  /** For people: where it is and how to look at it. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

const portDefault = 4_566;
const prefixCharactersMax = 40;
/** Who consumes the events: nobody, before somebody looks. */
const service = "local";

/**
 * Starts an emulator and makes in it what a bridge needs. Throws FAILED_PRECONDITION when the optional packages are not
 * installed, and UNAVAILABLE.
 */
export async function startLocalBridge(options: LocalBridgeOptions): Promise<LocalBridge> {
  const { worldName, dataFolder, methods, port = portDefault, note } = options;
  const wishes = wishesOf(worldName);
  const queue = resourceNames(wishes).services[0]?.queue ?? "";
  const folder = dataFolder && join(dataFolder, `${worldName}.queues`);
  const emulator = await Emulator.start({ folder, port, wishes, emptied: [queue] }, note);
  const { endpoint, topicArn, queueUrls: named } = emulator.made;
  const queueUrls = reachable(named, endpoint);
  const made = { topicArn, queueUrls };
  const configuration = configurationFile({ region, endpoint }, wishes, made, methods);
  return {
    configuration,
    lines: linesOf(endpoint, queueUrls.get(queue) ?? "", configuration),
    close: () => emulator.close(),
  };
}

function wishesOf(worldName: string): ResourceWishes {
  const prefix = `tellurion-${worldName}`.replaceAll(/[^A-Za-z0-9_-]/g, "-");
  return { prefix: prefix.slice(0, prefixCharactersMax), services: [service], fifo: false };
}

/** The emulator names a host that not every machine knows; it takes any. */
function reachable(
  queueUrls: ReadonlyMap<string, string>,
  endpoint: string,
): ReadonlyMap<string, string> {
  return new Map([...queueUrls].map(([name, url]) => [name, endpoint + new URL(url).pathname]));
}

function linesOf(endpoint: string, queueUrl: string, { commands }: ConfigurationFile): string[] {
  const aws =
    "AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local " +
    `aws --region ${region} --endpoint-url ${endpoint} sqs`;
  return [
    `  bridge    SNS and SQS of this machine at ${endpoint}`,
    `  queues    ${queueUrl}`,
    ...(commands ? [`            ${commands.queueUrl}`] : []),
    `  a look    ${aws} receive-message --message-attribute-names All --queue-url ${queueUrl}`,
    "  chronicle node_modules/.bin/node examples/chronicle/main.ts " +
      `--endpoint ${endpoint} --queue ${queueUrl} --file chronicle.db`,
  ];
}
