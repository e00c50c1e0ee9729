import { type FauxqsServer, startFauxqs } from "fauxqs";
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

export async function startEmulator(): Promise<Emulator> {
  const server = await startFauxqs({ port: 0, host: "127.0.0.1", logger: false });
  const endpoint = `http://127.0.0.1:${server.port}`;
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
