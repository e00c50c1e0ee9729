const waitMsMaxDefault = 5_000;

/** The value of a promise; an error that says what was waited for when it does not come in time. */
export async function within<Value>(
  what: string,
  promise: Promise<Value>,
  waitMsMax = waitMsMaxDefault,
): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`waited ${waitMsMax} ms for ${what}`)),
    waitMsMax,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
