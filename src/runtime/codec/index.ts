/**
 * Encoding, decoding and viewing protobuf messages, compiled at start-up from their descriptors.
 */
export { codecOf } from "./codec.ts";
export {
  type AttachableView,
  attach,
  type Codec,
  detach,
  type View,
} from "./types.ts";
