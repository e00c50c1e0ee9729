import { type ListenOptions, Server } from "node:net";
import { type FauxqsServer, startFauxqs as startEverywhere } from "fauxqs";
import { type AwsClients, openAwsClients, severalAttempts } from "../../src/bridges/aws-clients.ts";

/** An emulator of SNS and SQS in the test's own process, with the SDK's clients for it. */
export interface Emulator {
  readonly server: FauxqsServer;
  readonly endpoint: string;
  readonly clients: AwsClients;
  /** Names of the SDK's commands that the clients have sent, in their order. */
  readonly sent: string[];
  close(): Promise<void>;
}

export const emulatorRegion = "us-east-1";
const loopback = "127.0.0.1";

/** An emulator that asks nobody who they are, for this machine only: by itself it listens at all addresses. */
export async function startFauxqs(
  options: Parameters<typeof startEverywhere>[0] = {},
): Promise<FauxqsServer> {
  const { listen } = Server.prototype;
  Server.prototype.listen = function (this: Server, ...args: unknown[]): Server {
    const [first, ...rest] = args as [ListenOptions, ...(() => void)[]];
    const isEverywhere = typeof first === "object" && first.host === "0.0.0.0";
    return listen.call(this, isEverywhere ? { ...first, host: loopback } : first, ...rest);
  } as typeof listen;
  try {
    return await startEverywhere({ port: 0, logger: false, ...options });
  } finally {
    Server.prototype.listen = listen;
  }
}

export async function startEmulator(): Promise<Emulator> {
  const server = await startFauxqs({ host: loopback });
  const endpoint = `http://${loopback}:${server.port}`;
  const clients = await openAwsClients({ region: emulatorRegion, endpoint }, severalAttempts);
  const sent: string[] = [];
  const note = ({ commandName = "" }: { readonly commandName?: string }) =>
    sent.push(commandName.replace(/Command$/, ""));
  clients.sns.middlewareStack.add(
    (next, context) => (args) => {
      note(context);
      return next(args);
    },
    { step: "initialize" },
  );
  clients.sqs.middlewareStack.add(
    (next, context) => (args) => {
      note(context);
      return next(args);
    },
    { step: "initialize" },
  );
  return {
    ...{ server, endpoint, clients, sent },
    async close() {
      clients.close();
      await server.stop();
    },
  };
}
