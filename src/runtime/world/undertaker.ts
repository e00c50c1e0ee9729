import type { Cell } from "../actor/cell.ts";
import { extraWord, recordKind, senderWord, targetWord, typeWord } from "../memory/record.ts";
import type { Segment } from "../memory/segment.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Directory } from "./directory.ts";
import type { Reports } from "./reports.ts";
import type { BurialReason } from "./turn.ts";

/** Makes what nobody handles a dead letter; a command is refused. */
export class Undertaker {
  readonly #catalogue: Catalogue;
  readonly #directory: Directory;
  readonly #reports: Reports;

  constructor(catalogue: Catalogue, directory: Directory, reports: Reports) {
    this.#catalogue = catalogue;
    this.#directory = directory;
    this.#reports = reports;
  }

  bury({ words }: Segment, at: number, reason: BurialReason | "mailbox-full", cell?: Cell): void {
    const word = at >> 2;
    const packed = words[word + typeWord] as number;
    const isCommand = packed >>> 16 === recordKind.command;
    const target = words[word + targetWord] as number;
    const address = cell?.address ?? this.#directory.addressOf(target) ?? `#${target}`;
    const sender = this.#directory.addressOf(words[word + senderWord] as number);
    const { methods, messages } = this.#catalogue;
    const type = packed & 0xffff;
    const name = isCommand ? methods[type]?.name : messages[type]?.desc.typeName;
    this.#reports.deadLetter(sender, address, name ?? "", reason);
    if (!isCommand) return;
    const call = words[word + extraWord] as number;
    if (reason === "mailbox-full") {
      const text = `${address} has more messages in its mailbox than it takes; try again later`;
      this.#reports.refuse(call, "RESOURCE_EXHAUSTED", text);
    } else if (reason === "quarantined") {
      const text = `${name} to ${address} cost the world a worker, and is not handled`;
      this.#reports.refuse(call, "MESSAGE_QUARANTINED", text);
    } else {
      this.#reports.refuse(call, "UNAVAILABLE", `${address} could not take the call: ${reason}`);
    }
  }
}
