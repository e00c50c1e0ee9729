/** Runs a peer as the bench asks for it, once. */
export function servePeer<Request, Answer>(run: (request: Request) => Promise<Answer>): void {
  process.once("message", (request: Request) => {
    void run(request).then((answer) => {
      // Not every peer ends the threads that it began.
      process.send?.(answer, () => process.exit(0));
    });
  });
}
