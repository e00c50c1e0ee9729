/** List prices, in dollars, with their day: prices change, and the table is to be read again before money is spent. */
export interface Prices {
  readonly region: string;
  readonly date: string;
  /** A call costs a request for each beginning 64 KiB that it carries. */
  readonly requestBytes: number;
  readonly snsPerMillion: number;
  readonly sqsPerMillion: number;
  /** Requests that cost nothing, each month, of each of the two services. */
  readonly freeRequests: number;
}

/** Standard topics and queues; those with FIFO order have prices of their own. */
export const prices: Prices = {
  region: "us-east-1",
  date: "2026-11-21",
  requestBytes: 65_536,
  snsPerMillion: 0.5,
  sqsPerMillion: 0.4,
  freeRequests: 1_000_000,
};
