/**
 * Encoding, decoding and viewing protobuf messages, compiled from their descriptors when they are first met.
 */
export { checkCodec, codecOf } from "./codec.ts";
export {
  type AttachableView,
  attach,
  type Codec,
  detach,
  type View,
} from "./types.ts";
