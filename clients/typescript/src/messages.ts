import type { Decoded, Encodable, Table } from "./wire.ts";

/** proto/tellurion/v1/client.proto, as tables. A test holds the two together. */
const area = {
  x: [1, "double"],
  y: [2, "double"],
  radius: [3, "double"],
  fresh: [4, "bool"],
} as const satisfies Table;

const problem = {
  code: [1, "string"],
  message: [2, "string"],
  request: [3, "uint"],
} as const satisfies Table;

const topics = { request: [1, "uint"], topics: [2, "string", "many"] } as const satisfies Table;

export const clientMessage = {
  hello: [
    1,
    {
      client: [1, "string"],
      token: [2, "string"],
      resume: [
        3,
        {
          session: [1, "string"],
          resumeToken: [2, "string"],
          received: [3, "uint"],
          rewinds: [4, "uint"],
        },
      ],
      schemaHash: [4, "string"],
    },
  ],
  subscribe: [
    2,
    {
      ...topics,
      rates: [3, { topic: [1, "string"], intervalMs: [2, "uint"] }, "many"],
      area: [4, area],
    },
  ],
  unsubscribe: [3, topics],
  call: [
    4,
    {
      request: [1, "uint"],
      method: [2, "string"],
      message: [3, "bytes"],
      timeoutMs: [5, "uint"],
      idempotencyKey: [6, "string"],
    },
  ],
  ping: [5, { request: [1, "uint"], clientTimeMs: [2, "double"] }],
  ack: [6, { received: [1, "uint"], rewinds: [2, "uint"] }],
} as const satisfies Table;

export const serverMessage = {
  welcome: [
    1,
    {
      session: [1, "string"],
      world: [2, "string"],
      frame: [3, "uint"],
      tickHz: [4, "double"],
      schemaHash: [5, "string"],
      topics: [6, "string", "many"],
      resumeToken: [7, "string"],
      resumeWindowMs: [8, "uint"],
      resumed: [9, "bool"],
      player: [10, "string"],
      scopes: [11, "string", "many"],
      unackedMax: [12, "uint"],
      rewinds: [13, "uint"],
    },
  ],
  // Each event is bytes of a WorldEvent: one field, whose number is the event's.
  frame: [2, { frame: [1, "uint"], events: [2, "bytes", "many"], reliable: [3, "uint"] }],
  subscribed: [3, { ...topics, area: [3, area] }],
  unsubscribed: [4, topics],
  callResult: [5, { request: [1, "uint"], message: [2, "bytes"], problem: [4, problem] }],
  pong: [
    6,
    {
      request: [1, "uint"],
      clientTimeMs: [2, "double"],
      frame: [3, "uint"],
      worldTimeMs: [4, "double"],
    },
  ],
  gap: [
    7,
    { fromFrame: [1, "uint"], toFrame: [2, "uint"], rewound: [3, "bool"], rewinds: [4, "uint"] },
  ],
  problem: [8, problem],
  timeDilation: [9, { factor: [1, "double"] }],
  waiting: [10, { ahead: [1, "uint"] }],
  resync: [11, { reason: [1, "string"] }],
  areaUpdate: [
    12,
    {
      frame: [1, "uint"],
      entered: [
        2,
        {
          number: [1, "uint"],
          id: [2, "string"],
          kind: [3, "string"],
          x: [4, "double"],
          y: [5, "double"],
          heading: [6, "float"],
        },
        "many",
      ],
      left: [3, "uint", "many"],
      moved: [4, "bytes"],
      origin: [5, { x: [1, "double"], y: [2, "double"] }],
      complete: [6, "bool"],
    },
  ],
} as const satisfies Table;

export type ClientMessage = Encodable<typeof clientMessage>;
export type ServerMessage = Decoded<typeof serverMessage>;
export type Body<Name extends keyof ServerMessage> = NonNullable<ServerMessage[Name]>;
/** Where a client looks. `fresh`: it knows of nobody there. */
export type Look = Encodable<typeof area>;
