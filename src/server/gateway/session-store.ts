import type { PublishedFrame } from "../../runtime/host.ts";
import { FrameEncoder, isReliable, keep } from "./frame-encoder.ts";
import { ReliableLog } from "./reliable-log.ts";
import { SessionFile, type SessionRecord } from "./session-file.ts";
import { firstPart } from "./topics.ts";

/** Which world the sessions are of, and how far it had come. */
export interface StoredProgress {
  readonly worldId: string;
  readonly reached: number;
}

/** What the gateway remembers of an earlier process, and what it keeps for a later one. */
export class SessionStore {
  readonly file: SessionFile | undefined;
  readonly log: ReliableLog;
  /** The last frame of the earlier process that lasted. */
  readonly reached: number;
  readonly #encoder = new FrameEncoder();
  #isHearing = true;

  private constructor(file: SessionFile | undefined, log: ReliableLog, reached: number) {
    this.file = file;
    this.log = log;
    this.reached = reached;
  }

  static inMemory(logBytesMax: number): SessionStore {
    return new SessionStore(undefined, new ReliableLog(logBytesMax), 0);
  }

  /** Sessions of another world than the one that will run are forgotten, and frames that did not last. */
  static open(path: string, stored: StoredProgress | undefined, logBytesMax: number): SessionStore {
    const file = SessionFile.open(path);
    if (file.world !== stored?.worldId) file.clear();
    const reached = stored?.reached ?? 0;
    file.forgetFrames(reached + 1);
    return new SessionStore(file, new ReliableLog(logBytesMax, file), reached);
  }

  get records(): readonly SessionRecord[] {
    return this.file?.sessions() ?? [];
  }

  /** The last frame that is safe with the store: those after it are to be told again. */
  get heardThrough(): number {
    return this.records.length === 0 ? this.reached : this.log.last;
  }

  /** First parts of the topics of all sessions. */
  get topics(): ReadonlySet<string> {
    return new Set(this.records.flatMap(({ topics }) => topics.map(([name]) => firstPart(name))));
  }

  /** Takes what the world tells again before there is a gateway. */
  hear(frame: PublishedFrame): void {
    if (!this.#isHearing) return;
    this.#encoder.read(frame);
    if (frame.lost > 0) this.log.noteLost(frame.frame);
    this.log.append(frame.frame, this.#encoder.events.filter(isReliable).map(keep));
  }

  /** There is a gateway from here on. */
  handOver(): void {
    this.#isHearing = false;
  }

  close(): void {
    this.file?.close();
  }
}
