import type { DescMessage } from "@bufbuild/protobuf";
import { type AttachableView, attach, codecOf, detach } from "../codec/index.ts";

/** Topics that are kept as strings; beyond it they are put together anew each time. */
const topicsMax = 65_536;

/** What says which topic an event has. */
export interface TopicSource {
  readonly desc: DescMessage;
  /** First part. */
  readonly topic: string;
  /** The text field with the second part. Undefined: it has none. */
  readonly topicKey: string | undefined;
}

/** Topics of encoded events. */
export class TopicNames {
  readonly #views = new Map<TopicSource, AttachableView<DescMessage>>();
  readonly #topics = new Map<string, Map<string, string>>();
  #count = 0;

  of(source: TopicSource, bytes: Uint8Array, start: number, end: number): string {
    if (source.topicKey === undefined) return source.topic;
    let view = this.#views.get(source);
    if (view === undefined) {
      view = codecOf(source.desc).createView();
      this.#views.set(source, view);
    }
    const fields = view[attach](bytes, start, end) as unknown as Record<string, string>;
    const key = fields[source.topicKey] ?? "";
    view[detach]();
    let topics = this.#topics.get(source.topic);
    if (topics === undefined) {
      topics = new Map();
      this.#topics.set(source.topic, topics);
    }
    const known = topics.get(key);
    if (known !== undefined) return known;
    const topic = `${source.topic}/${key}`;
    if (this.#count < topicsMax) {
      topics.set(key, topic);
      this.#count += 1;
    }
    return topic;
  }
}
