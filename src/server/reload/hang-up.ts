import { isatty } from "node:tty";

const terminal = 0;

/**
 * Calls back for each SIGHUP: `kill -HUP` asks a server to read its files again. A terminal that is
 * closed sends the same signal; then the process ends as it would have without this. Gives what ends
 * it.
 */
export function onHangUp(listener: () => void): () => void {
  const hadTerminal = isatty(terminal);
  const heard = () => {
    if (hadTerminal && !isatty(terminal)) process.kill(process.pid, "SIGTERM");
    else listener();
  };
  process.on("SIGHUP", heard);
  return () => process.off("SIGHUP", heard);
}
