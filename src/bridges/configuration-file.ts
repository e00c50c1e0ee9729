import type { Place } from "./place.ts";
import { type ResourceWishes, resourceNames } from "./resources.ts";
import type { SetupResult } from "./setup.ts";

/** A bridge's configuration as it stands in a file: all that is left out is at its default. */
export interface ConfigurationFile {
  readonly region: string;
  readonly endpoint?: string;
  readonly out: { readonly topicArn: string; readonly fifo: boolean };
  /** Undefined: no command may come in. */
  readonly commands?: {
    readonly queueUrl: string;
    readonly deadLetterQueueUrl: string;
    readonly methods: readonly string[];
  };
}

/** The configuration that fits what was set up: all mirrored events go out, and the methods named may come in. */
export function configurationFile(
  { region, endpoint }: Place,
  wishes: ResourceWishes,
  { topicArn, queueUrls }: Pick<SetupResult, "topicArn" | "queueUrls">,
  methods: readonly string[],
): ConfigurationFile {
  const { commands, commandsDead } = resourceNames(wishes);
  return {
    region,
    ...(endpoint !== undefined && { endpoint }),
    out: { topicArn, fifo: wishes.fifo },
    ...(methods.length > 0 && {
      commands: {
        queueUrl: queueUrls.get(commands) ?? "",
        deadLetterQueueUrl: queueUrls.get(commandsDead) ?? "",
        methods,
      },
    }),
  };
}
