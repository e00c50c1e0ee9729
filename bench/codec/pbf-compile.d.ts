/** It comes without types: functions `readName` and `writeName` for each message `Name`. */
declare module "pbf/compile" {
  export function compile(proto: object): Record<string, (first: never, second?: never) => unknown>;
}
