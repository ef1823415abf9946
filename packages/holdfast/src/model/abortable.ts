import { checkMethods } from "./check.ts";

/**
 * The promise, or a rejection with the signal's reason as soon as the signal aborts: for calls that take no signal of
 * their own. The work behind the promise goes on; only the wait for it ends. No listener is left behind.
 *
 * @throws InvalidArgumentError when one is no promise, or the other no AbortSignal.
 */
export function abortable<Value>(promise: PromiseLike<Value>, signal: AbortSignal): Promise<Value> {
  checkMethods(promise, "The promise of abortable", ["then"]);
  checkMethods(signal, "The signal of abortable", ["addEventListener", "removeEventListener"]);
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) {
      abort();
      // What comes of it afterwards is nobody's, and must not end the process.
      promise.then(undefined, () => {});
      return;
    }
    signal.addEventListener("abort", abort, { once: true });
    const settled = (): void => signal.removeEventListener("abort", abort);
    promise.then(
      (value) => {
        settled();
        resolve(value);
      },
      (error: unknown) => {
        settled();
        reject(error);
      },
    );
  });
}
