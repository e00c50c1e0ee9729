/**
 * A DataView moves a whole number at a time to and from any offset, which a Uint8Array cannot.
 * Records lie in a few large arrays over shared memory: each gets one DataView, for good.
 */
const views = new WeakMap<Uint8Array, DataView>();

let lastBytes = new Uint8Array(0);
let lastView = new DataView(lastBytes.buffer);

/** A DataView over the same memory: the one of the last call if the array is the same. */
export function dataViewOf(bytes: Uint8Array): DataView {
  return bytes === lastBytes ? lastView : otherView(bytes);
}

/** Arrays over unshared memory come and go with their message: theirs are not worth keeping. */
function otherView(bytes: Uint8Array): DataView {
  let view = views.get(bytes);
  if (view === undefined) {
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.buffer instanceof SharedArrayBuffer) views.set(bytes, view);
  }
  lastBytes = bytes as Uint8Array<ArrayBuffer>;
  lastView = view as DataView<ArrayBuffer>;
  return view;
}
