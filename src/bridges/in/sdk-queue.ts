import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { QueueClient } from "./queue.ts";

/** The SDK's client as pollers see it. */
export function queueClientOf(client: SQSClient): QueueClient {
  return {
    receiveMessage: (input, options) => client.send(new ReceiveMessageCommand(input), options),
    deleteMessageBatch: (input, options) =>
      client.send(new DeleteMessageBatchCommand(input), options),
    changeMessageVisibility: (input, options) =>
      client.send(new ChangeMessageVisibilityCommand(input), options),
    sendMessage: (input, options) => client.send(new SendMessageCommand(input), options),
  };
}
