import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { queueClient } from "../../../clients/consumer/src/index.ts";
import { FaultProxy } from "../../../test/support/fault-proxy.ts";
import { Child, type Player } from "./child.ts";
import { credentials, region, type SoakSettings } from "./settings.ts";

/** The processes of a run and what stands between them: server — proxy — emulator — proxy — consumer. */
export class Stage {
  readonly settings: SoakSettings;
  readonly proxies: readonly FaultProxy[];
  /** Goes straight to the emulator: what is looked at is not disturbed. */
  readonly sqs: SQSClient;
  readonly #settingsFile: string;
  readonly #port: string;
  readonly #players = new Map<Player, Child>();

  static async build(seed: number, rate: number): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), "tellurion-bridge-soak-"));
    const emulator = new Child("emulator", "0", join(folder, "aws"));
    const endpoint = await emulator.ready();
    const [server, consumer] = await Promise.all([
      FaultProxy.start(endpoint, seed),
      FaultProxy.start(endpoint, seed + 1),
    ]);
    const made = await makeQueues(endpoint);
    const settings = {
      ...{ folder, seed, rate, ...made },
      serverEndpoint: server.url,
      consumerEndpoint: consumer.url,
    };
    const file = join(folder, "settings.json");
    await writeFile(file, JSON.stringify(settings));
    return new Stage(settings, file, endpoint, [server, consumer], emulator);
  }

  private constructor(
    settings: SoakSettings,
    file: string,
    endpoint: string,
    proxies: readonly FaultProxy[],
    emulator: Child,
  ) {
    this.settings = settings;
    this.proxies = proxies;
    this.sqs = queueClient({ region, endpoint, credentials });
    this.#settingsFile = file;
    this.#port = new URL(endpoint).port;
    this.#players.set("emulator", emulator);
  }

  async start(who: Player): Promise<void> {
    const args =
      who === "emulator" ? [this.#port, join(this.settings.folder, "aws")] : [this.#settingsFile];
    const child = new Child(who, ...args);
    this.#players.set(who, child);
    await child.ready();
  }

  async kill(who: Player): Promise<void> {
    const child = this.#players.get(who);
    if (child?.ended) throw new Error(`the ${who} had ended by itself:\n${child.log}`);
    await child?.kill();
  }

  /** Ends it in an orderly way. Returns its log; rejects when it does not end well. */
  async stop(who: Player): Promise<string> {
    const child = this.#players.get(who);
    const code = await child?.stop();
    if (code === 0) return child?.log ?? "";
    throw new Error(`the ${who} ended with ${code}:\n${child?.log}`);
  }

  /** Messages that are in a queue, in whatever state. */
  async depth(queueUrl: string): Promise<number> {
    const names = [
      "ApproximateNumberOfMessages",
      "ApproximateNumberOfMessagesNotVisible",
      "ApproximateNumberOfMessagesDelayed",
    ] as const;
    const command = new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [...names],
    });
    const { Attributes = {} } = await this.sqs.send(command);
    return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  }

  async close(keep: boolean): Promise<void> {
    for (const child of this.#players.values()) await child.kill();
    for (const proxy of this.proxies) await proxy.close();
    this.sqs.destroy();
    if (!keep) await rm(this.settings.folder, { recursive: true });
  }
}

async function makeQueues(endpoint: string) {
  const sns = new SNSClient({ region, endpoint, credentials });
  const sqs = queueClient({ region, endpoint, credentials });
  const urlOf = async (QueueName: string) => {
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName }));
    return QueueUrl;
  };
  const eventsQueueUrl = await urlOf("tellurion-soak-chronicle");
  const commandsQueueUrl = await urlOf("tellurion-soak-commands");
  const { TopicArn: topicArn = "" } = await sns.send(
    new CreateTopicCommand({ Name: "tellurion-soak-events" }),
  );
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: eventsQueueUrl, AttributeNames: ["QueueArn"] }),
  );
  await sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: "sqs",
      Endpoint: Attributes?.QueueArn,
      Attributes: { RawMessageDelivery: "true" },
    }),
  );
  sns.destroy();
  sqs.destroy();
  return { topicArn, eventsQueueUrl, commandsQueueUrl };
}
