import { casesOf } from "./conformance-case.ts";
import { type RunningContext, withRun } from "./driver-context.ts";
import { expectEqual } from "./expectations.ts";
import { message } from "./samples.ts";
import { WatchedSignal } from "./watched-signal.ts";

/** Waiting for messages: a hint that ends, and leaves nothing behind. */
export const waitCases = casesOf<RunningContext>({
  "wait-message": [
    "ends a wait when a message comes",
    (context) =>
      withRun(context, async ({ driver }) => {
        const watched = new WatchedSignal();
        const waits = [
          driver.waitForMessages(["m"], watched.signal),
          driver.waitForMessages(["absent", "m"], watched.signal),
          driver.waitForMessages(null, watched.signal),
        ];
        await driver.enqueueMessage(message("1"));
        await Promise.all(waits);
        expectEqual(watched.listeners, 0, "listeners that are left");
      }),
  ],
  "wait-there-already": [
    "ends a wait at once when a message is there",
    (context) =>
      withRun(context, async ({ driver }) => {
        await driver.enqueueMessage(message("1"));
        const watched = new WatchedSignal();
        await driver.waitForMessages(["m"], watched.signal);
        await driver.waitForMessages(null, watched.signal);
        expectEqual(watched.listeners, 0, "listeners that are left");
      }),
  ],
  "wait-abort": [
    "ends a wait when its signal aborts, and at once when it has",
    (context) =>
      withRun(context, async ({ driver }) => {
        const watched = new WatchedSignal();
        const waits = Array.from({ length: 20 }, () => driver.waitForMessages(["absent"], watched.signal));
        await driver.load();
        watched.abort();
        await Promise.all(waits);
        await driver.waitForMessages(null, watched.signal);
        expectEqual(watched.listeners, 0, "listeners that are left");
      }),
  ],
});
