/** Ends with 0 if the server of this container is well. The image has no curl. */
const answerMsMax = 4_000;
const address = process.argv[2] ?? "http://127.0.0.1:8080/healthz";

try {
  const answer = await fetch(address, { signal: AbortSignal.timeout(answerMsMax) });
  if (!answer.ok) throw new Error(`status=${answer.status} ${await answer.text()}`);
} catch (error) {
  console.error(`${address} is not well: ${error}`);
  process.exitCode = 1;
}
