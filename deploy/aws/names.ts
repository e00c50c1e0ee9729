/**
 * Names of a world's topic and queues. `tellurion setup` makes the same: a bridge's configuration fits what either of them
 * made.
 */
export interface Names {
  readonly topic: string;
  /** Events for one service, those that it failed on, and single events that cannot be read. */
  events(consumer: string): { queue: string; dead: string; poison: string };
  /** Commands for the whole world, or for a part that runs apart. */
  commands(part: string | undefined): { queue: string; dead: string };
}

export function namesOf(prefix: string, fifo: boolean): Names {
  const suffix = fifo ? ".fifo" : "";
  return {
    topic: `${prefix}-events${suffix}`,
    events: (consumer) => ({
      queue: `${prefix}-${consumer}${suffix}`,
      dead: `${prefix}-${consumer}-dead${suffix}`,
      poison: `${prefix}-${consumer}-poison${suffix}`,
    }),
    commands: (part) => {
      const queue = part === undefined ? `${prefix}-commands` : `${prefix}-commands-${part}`;
      return { queue, dead: `${queue}-dead` };
    },
  };
}
