/** An open step that waits for something. */
export interface Waiting {
  /** Of the run. */
  readonly number: number;
  readonly step: number;
}

interface Node<T> {
  any: Node<T> | undefined;
  exact: Map<string, Node<T>> | undefined;
  /** By run and step. */
  waiting: Map<number, T> | undefined;
}

/** More than steps in a quest, so that run and step make one number. */
const stepStride = 64;

/**
 * Finds those who wait for an event by what the event says. A pattern is a list of texts, where an
 * empty one fits all. An event goes down the branches that fit it, and those only: what it costs
 * depends on how many kinds of patterns there are, and not on how many wait.
 */
export class ObjectiveTree<T extends Waiting> {
  #root: Node<T> = empty();
  /** Nodes looked at so far: what matching costs, as tests count it. */
  visited = 0;

  add(pattern: readonly string[], waiting: T): void {
    let node = this.#root;
    for (const part of pattern) node = branch(node, part);
    node.waiting ??= new Map();
    node.waiting.set(keyOf(waiting), waiting);
  }

  remove(pattern: readonly string[], waiting: Waiting): void {
    const way = [this.#root];
    for (const part of pattern) {
      const node = way[way.length - 1] as Node<T>;
      const next = part === "" ? node.any : node.exact?.get(part);
      if (next === undefined) return;
      way.push(next);
    }
    const leaf = way[way.length - 1] as Node<T>;
    leaf.waiting?.delete(keyOf(waiting));
    if (leaf.waiting?.size === 0) leaf.waiting = undefined;
    for (let depth = way.length - 1; depth > 0; depth -= 1) {
      if (!isEmpty(way[depth] as Node<T>)) return;
      cut(way[depth - 1] as Node<T>, pattern[depth - 1] as string);
    }
  }

  /** Adds all whose pattern fits to `found`, in no particular order. */
  match(texts: readonly string[], found: T[]): void {
    this.#descend(this.#root, texts, 0, found);
  }

  #descend(node: Node<T>, texts: readonly string[], depth: number, found: T[]): void {
    this.visited += 1;
    if (depth === texts.length) {
      if (node.waiting) for (const waiting of node.waiting.values()) found.push(waiting);
      return;
    }
    if (node.any) this.#descend(node.any, texts, depth + 1, found);
    const text = texts[depth] as string;
    const next = text === "" ? undefined : node.exact?.get(text);
    if (next) this.#descend(next, texts, depth + 1, found);
  }
}

function empty<T>(): Node<T> {
  return { any: undefined, exact: undefined, waiting: undefined };
}

function isEmpty<T>({ any, exact, waiting }: Node<T>): boolean {
  return any === undefined && exact === undefined && waiting === undefined;
}

function branch<T>(node: Node<T>, part: string): Node<T> {
  if (part === "") {
    node.any ??= empty();
    return node.any;
  }
  node.exact ??= new Map();
  const known = node.exact.get(part);
  if (known !== undefined) return known;
  const next = empty<T>();
  node.exact.set(part, next);
  return next;
}

function cut<T>(node: Node<T>, part: string): void {
  if (part === "") node.any = undefined;
  else node.exact?.delete(part);
  if (node.exact?.size === 0) node.exact = undefined;
}

function keyOf({ number, step }: Waiting): number {
  return number * stepStride + step;
}
