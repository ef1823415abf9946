/** Aborted by Ctrl-C and the like, so that what was begun can be cleaned up first. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Error("interrupted"));
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  // As with `npm start | head -1`: nobody reads any more.
  process.stdout.on("error", interrupt);
  return controller.signal;
}
