import { describeName } from "../../model/describe.ts";
import { type Duration, type Instant, instantMs } from "../../model/duration.ts";
import type { Message } from "../../model/message.ts";
import { checkWantedName } from "../replay/admitted.ts";
import type { Scope } from "../replay/scope.ts";
import type { WatchedPromise } from "../replay/watched-promise.ts";
import { afterMs, checkCount, type Receive, receive } from "./queue.ts";

/** When a `listen` gives up: after a duration, at an instant, or never. */
export type ListenEnd = { readonly timeout: Duration } | { readonly until: Instant } | "never";

/** The body of one message, or `null` when none came in time. */
export function listen(
  scope: Scope,
  wait: { name: string; messageName: string; end: ListenEnd },
): Promise<unknown> {
  return listenN(scope, { ...wait, limit: 1 }).made((bodies) => (bodies.length === 0 ? null : bodies[0]));
}

/** The bodies of up to `limit` messages, or `[]` when none came in time. */
export function listenN(
  scope: Scope,
  wait: { name: string; messageName: string; limit: number; end: ListenEnd },
): WatchedPromise<unknown[]> {
  const { name, messageName, limit, end } = wait;
  const where = `Listen ${describeName(name)}`;
  checkWantedName(scope, name, { wanted: messageName, what: `${where}: the name of the message` });
  checkCount(scope, name, { count: limit, what: `${where}: limit` });
  const wanted: Receive = {
    name,
    names: [messageName],
    count: limit,
    deadline: deadlineOf(name, end),
    completable: false,
    strict: false,
  };
  return receive(scope, wanted).made((messages) => messages.map((message: Message) => message.body));
}

function deadlineOf(name: string, end: ListenEnd): ((now: number) => number) | null {
  if (end === "never") return null;
  if ("timeout" in end) return afterMs(end.timeout, `Listen ${describeName(name)}: the timeout`);
  const at = instantMs(end.until, `Listen ${describeName(name)}: the instant`);
  return () => at;
}
