import { openHistory, type WorldHistory } from "../../runtime/host.ts";
import { TellurionError } from "../../runtime/index.ts";
import { Topics } from "../gateway/topics.ts";
import { aborted } from "../interrupts.ts";
import { eventName, messageJson } from "../past/message-json.ts";
import { defineCommand, type Terminal } from "./command.ts";
import { fileOperand } from "./file-operand.ts";
import { frameOption } from "./frame-option.ts";
import { topicsOption } from "./topics-option.ts";
import { actorsModule } from "./world-options.ts";

/** Prints what a world published, from its file. */
export const exportCommand = defineCommand({
  name: "export",
  about: "prints the events of a world's past, each as a line of JSON, in the world's order",
  options: {
    file: fileOperand,
    from: frameOption("the first frame (the first that the file has)"),
    to: frameOption("the last frame (the last one)"),
    topics: topicsOption,
  },
  async run({ file, from, to, topics }, terminal) {
    const history = await openHistory(file, actorsModule);
    try {
      checkTopics(history, topics);
      const isWanted = (topic: string) =>
        topics.length === 0 ||
        topics.some((name) => topic === name || topic.startsWith(`${name}/`));
      const frames = { from: from ?? history.first + 1, to: to ?? history.last };
      const printing = printEvents(history, frames, isWanted, terminal);
      const { interrupted } = terminal;
      await Promise.race([printing, aborted(interrupted)]);
      interrupted.throwIfAborted();
    } finally {
      history.close();
    }
  },
});

async function printEvents(
  history: WorldHistory,
  { from, to }: { readonly from: number; readonly to: number },
  isWanted: (topic: string) => boolean,
  { print, drained, interrupted }: Terminal,
): Promise<void> {
  for await (const { frame, events } of history.published(from, to)) {
    interrupted.throwIfAborted();
    for (const { entry, topic, bytes, start, end } of events) {
      if (!isWanted(topic)) continue;
      const event = messageJson({ type: entry.desc, bytes: bytes.slice(start, end) });
      print(JSON.stringify({ frame, name: eventName(entry.desc), topic, event }));
    }
    await drained?.();
  }
}

function checkTopics({ catalogue }: WorldHistory, topics: readonly string[]): void {
  const known = new Topics(catalogue.events);
  try {
    for (const topic of topics) known.check(topic);
  } catch (error) {
    if (!(error instanceof TellurionError)) throw error;
    throw new TellurionError("INVALID_OPTION", `--topics: ${error.message}`);
  }
}
