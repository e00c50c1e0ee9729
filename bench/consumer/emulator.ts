import { startFauxqs } from "fauxqs";
import { packAttributes, packBody } from "./packs.ts";

/** SQS with a queue that is full of packs, for `reader.ts`. */
export interface FullQueue {
  readonly endpoint: string;
  readonly queueUrl: string;
}

const packs = Number(process.argv[2]);
const server = await startFauxqs({ port: 0, logger: false });
const { queueUrl } = server.createQueue("full");
const body = packBody("raw");
for (let sequence = 1; sequence <= packs; sequence += 1) {
  const messageAttributes = packAttributes(sequence, "raw");
  server.sendMessage("full", body, { messageAttributes });
}
process.send?.({ endpoint: server.address, queueUrl } satisfies FullQueue);
process.once("disconnect", () => process.exit());
