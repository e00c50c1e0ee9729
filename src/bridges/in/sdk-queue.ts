import type { SQSClient } from "@aws-sdk/client-sqs";
import { optionalPackage } from "../optional-package.ts";
import type { QueueClient } from "./queue.ts";

/** Loaded when the first poll begins. */
const sdk = () => optionalPackage("@aws-sdk/client-sqs", () => import("@aws-sdk/client-sqs"));

/** The SDK's client as pollers see it. */
export function queueClientOf(client: SQSClient): QueueClient {
  return {
    async receiveMessage(input, options) {
      const { ReceiveMessageCommand } = await sdk();
      return await client.send(new ReceiveMessageCommand(input), options);
    },
    async deleteMessageBatch(input, options) {
      const { DeleteMessageBatchCommand } = await sdk();
      return await client.send(new DeleteMessageBatchCommand(input), options);
    },
    async changeMessageVisibility(input, options) {
      const { ChangeMessageVisibilityCommand } = await sdk();
      return await client.send(new ChangeMessageVisibilityCommand(input), options);
    },
    async sendMessage(input, options) {
      const { SendMessageCommand } = await sdk();
      return await client.send(new SendMessageCommand(input), options);
    },
  };
}
