import { createHash } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import type { Bootstrap, World } from "../../runtime/host.ts";
import { codecOf } from "../../runtime/index.ts";
import { asTellurionError, callWorld } from "../calls.ts";
import type { Log } from "../log.ts";
import type { WorldPack } from "../world-pack.ts";
import { type Loader, loaderOf } from "./loader-of.ts";

/** What a reload came to. */
export interface ReloadReport {
  /** Actors that have new content. */
  readonly changed: readonly string[];
  /** Actors whose content is as it was. */
  readonly unchanged: number;
  /** Actors that refused theirs, and go on with what they had. */
  readonly refused: readonly { readonly address: string; readonly why: string }[];
  /** Actors whose content changed and that take none while they run: new worlds begin with it. */
  readonly notTaken: readonly string[];
  /** Actors that take none while they run: of a world that is older than the server, nobody knows what they were told. */
  readonly unknown: readonly string[];
}

export interface ReloadOptions {
  /** Reads the pack as it is now. */
  readonly load: () => Promise<WorldPack>;
  /** What the world was told at its beginning. Empty: not known, for the world is older. */
  readonly told: readonly Bootstrap[];
  readonly callTimeoutMs: number;
  readonly log: Log;
}

/**
 * Gives a running world the content of its pack as it is now. A pack with anything wrong in it
 * changes nothing. Services take new content by their own commands, so that it is journalled, and
 * refused where it does not fit what they have.
 */
export class PackReload {
  readonly #world: World;
  readonly #options: ReloadOptions;
  /** What each actor was told last, as a hash. */
  readonly #told = new Map<string, string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(world: World, options: ReloadOptions) {
    this.#world = world;
    this.#options = options;
    for (const bootstrap of options.told) {
      this.#told.set(bootstrap.address, contentOf(bootstrap, this.#loaderOf(bootstrap)));
    }
  }

  /** Throws INVALID_WORLD_PACK. Reloads come one after another. */
  reload(): Promise<ReloadReport> {
    const next = this.#last.then(() => this.#reload());
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** Reloads, and writes to the log what came of it. */
  async reloadAndLog(): Promise<void> {
    const { log } = this.#options;
    try {
      const { changed, unchanged, refused, notTaken, unknown } = await this.reload();
      log.info(`reloaded: ${changed.join(", ") || "nothing"} changed, ${unchanged} as before`);
      if (notTaken.length > 0) log.warn(`not while the world runs: ${notTaken.join(", ")}`);
      if (unknown.length > 0) {
        log.warn(`not while the world runs, if anything changed: ${unknown.join(", ")}`);
      }
      for (const { address, why } of refused) log.error(`${address} refused its content: ${why}`);
    } catch (error) {
      const { code, message } = asTellurionError(error);
      log.error(`nothing was reloaded: ${code}: ${message}`);
    }
  }

  async #reload(): Promise<ReloadReport> {
    const { bootstrap } = await this.#options.load();
    const changed: string[] = [];
    const refused: { address: string; why: string }[] = [];
    const notTaken: string[] = [];
    const unknown: string[] = [];
    for (const item of bootstrap) {
      const { address } = item;
      const loader = this.#loaderOf(item);
      const content = contentOf(item, loader);
      const before = this.#told.get(address);
      if (before === content) continue;
      // Of an older world it is not known what an actor that takes nothing was told.
      if (loader === undefined && before === undefined && this.#options.told.length === 0) {
        unknown.push(address);
        continue;
      }
      if (loader === undefined) {
        notTaken.push(address);
        continue;
      }
      try {
        await this.#send(loader);
        this.#told.set(address, content);
        changed.push(address);
      } catch (error) {
        refused.push({ address, why: asTellurionError(error).message });
      }
    }
    const told = [changed, refused, notTaken, unknown];
    const unchanged = bootstrap.length - told.reduce((sum, list) => sum + list.length, 0);
    return { changed, unchanged, refused, notTaken, unknown };
  }

  #loaderOf(bootstrap: Bootstrap): Loader | undefined {
    return loaderOf(bootstrap, this.#world.catalogue);
  }

  async #send({ method, request }: Loader): Promise<void> {
    const timeoutMs = this.#options.callTimeoutMs;
    const message = create(method.desc.input, request);
    await callWorld(this.#world, method, message, { timeoutMs });
  }
}

function contentOf({ type, message }: Bootstrap, loader: Loader | undefined): string {
  const bytes = loader?.content ?? codecOf(type).toBytes(message);
  return createHash("sha256").update(bytes).digest("hex");
}
