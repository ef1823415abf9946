import { UnsupportedRuntimeError } from "../model/errors/argument-errors.ts";

/** What of Node's `process` is needed; Bun and Deno have it too. */
interface SignalSource {
  readonly on?: (signal: string, listener: () => void) => unknown;
  readonly off?: (signal: string, listener: () => void) => unknown;
}

/**
 * Calls `listener` at each SIGTERM; the returned function ends that.
 * @throws UnsupportedRuntimeError where there are no signals
 */
export function onTerminate(listener: () => void): () => void {
  const { process } = globalThis as { readonly process?: SignalSource };
  if (typeof process?.on !== "function" || typeof process.off !== "function") {
    throw new UnsupportedRuntimeError(
      "This runtime has no signals: leave drainOnSignal out and call host.stop() yourself.",
    );
  }
  process.on("SIGTERM", listener);
  return () => void process.off?.("SIGTERM", listener);
}
