// As fast as it gets by its documentation, "Record / Object Structures": https://github.com/kriszyp/msgpackr
import { Packr } from "msgpackr";

/** Both ends know the structures of what was packed so far: the names of fields are not in the bytes. */
const packr = new Packr({ structures: [] });

export const pack = (message: object): Uint8Array => packr.pack(message);
export const unpack = (bytes: Uint8Array): unknown => packr.unpack(bytes);
