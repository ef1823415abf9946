import type { Entry } from "../../history/entry.ts";
import { decodeMessages, encodeMessages } from "../../history/message-record.ts";
import { checkBoolean, checkInteger } from "../../model/check.ts";
import { QUEUE_BATCH_OPTIONS, QUEUE_NEXT_OPTIONS } from "../../model/context-option-names.ts";
import { describe, describeName } from "../../model/describe.ts";
import { type Duration, durationMs } from "../../model/duration.ts";
import { InvalidArgumentError, LimitError } from "../../model/errors/argument-errors.ts";
import { MessageUnansweredError, QueueTimeoutError } from "../../model/errors/block-errors.ts";
import type { Message } from "../../model/message.ts";
import { checkGiven } from "../../model/option-names.ts";
import type { QueueBatchOptions } from "../../model/queue.ts";
import type { StoredMessage } from "../../storage/records.ts";
import type { Admitted } from "../effects/admission.ts";
import type { MessageWait } from "../effects/mailbox.ts";
import { type ReceivedMessages, receivedMessages } from "../effects/messages.ts";
import { checkWantedName, isRecorded } from "../replay/admitted.ts";
import { claim } from "../replay/claim.ts";
import { Operation, type Settlement } from "../replay/operation.ts";
import type { Scope } from "../replay/scope.ts";
import type { WatchedPromise } from "../replay/watched-promise.ts";

/** What a wait for messages asks for. */
export interface Receive {
  readonly name: string;
  readonly names: readonly string[];
  readonly count: number;
  /** When it ends without a message, given the time at which it begins; null: never. */
  readonly deadline: ((now: number) => number) | null;
  readonly completable: boolean;
  /** Whether an empty end is an error, `QueueTimeoutError`, instead of an empty list. */
  readonly strict: boolean;
}

/** The options of `queue.next` (`one`) and `queue.nextBatch`, checked. */
export function receiveOptions(
  scope: Scope,
  name: string,
  options: QueueBatchOptions<string>,
  one: boolean,
): Receive {
  const where = `Queue wait ${describeName(name)}`;
  const known = one ? QUEUE_NEXT_OPTIONS : QUEUE_BATCH_OPTIONS;
  checkGiven(options, () => `The options of queue wait ${describeName(name)}`, known);
  const { names, count = 1, timeout, completable = false } = options;
  if (!Array.isArray(names) || names.length === 0) {
    throw new InvalidArgumentError(
      `${where}: names must be an array of one name or more; got ${describe(names)}.`,
    );
  }
  for (const wanted of names)
    checkWantedName(scope, name, { wanted, what: `${where}: the name of a message` });
  if (!one) checkCount(scope, name, { count, what: `${where}: count` });
  checkBoolean(completable, `${where}: completable`);
  const deadline = timeout === undefined ? null : afterMs(timeout, `${where}: timeout`);
  return { name, names: [...names], count: one ? 1 : count, deadline, completable, strict: one };
}

/** @throws InvalidArgumentError when it is no count, LimitError when it is too large for a wait that is new */
export function checkCount(
  scope: Scope,
  name: string,
  { count, what }: { readonly count: number; readonly what: string },
): void {
  const maximum = scope.run.limits.batchMessages;
  if (Number.isSafeInteger(count) && count > maximum) {
    if (isRecorded(scope, name)) return;
    const remedy = "Ask for fewer at once, or raise the limit.";
    throw new LimitError({ limit: "batchMessages", maximum, actual: count, where: what, remedy });
  }
  checkInteger(count, what, { from: 1, to: maximum });
}

export function afterMs(timeout: Duration, what: string): (now: number) => number {
  const ms = durationMs(timeout, what);
  return (now) => now + ms;
}

/** Waits for messages; consumes them in the commit that records them (P7). */
export function receive(scope: Scope, wanted: Receive): WatchedPromise<Message[]> {
  const { run } = scope;
  checkAnswered(scope, wanted.name);
  const place = claim(scope, "message", wanted.name);
  let admitted: readonly Admitted[] | undefined;
  const operation = new Operation<Message[]>({ scope, place, kind: "message" }, (entry) => {
    const received = toReceived(place, wanted, entry);
    return receivedMessages(scope, admitted === undefined ? received : { ...received, admitted });
  });
  const { entry } = place;
  if (entry !== null && entry.status !== "pending") return operation.replay(entry);
  if (run.rollingBack) return operation.promise;
  run.whenLive(() => {
    if (!scope.closed) {
      wait(operation, wanted, (messages) => {
        admitted = messages;
      });
    }
  });
  return operation.promise;
}

function toReceived(place: Operation<unknown>["place"], wanted: Receive, entry: Entry): ReceivedMessages {
  const messages = entry.result === null ? [] : decodeMessages(entry.result);
  return { place, wait: wanted.name, completable: wanted.completable, messages };
}

function wait(
  operation: Operation<Message[]>,
  wanted: Receive,
  accepted: (messages: readonly Admitted[]) => void,
): void {
  const { scope, place } = operation;
  const { run } = scope;
  const now = run.timers.now();
  if (place.entry === null) operation.pend({ createdAt: now, dueAt: wanted.deadline?.(now) ?? null });
  const { dueAt, createdAt } = operation.entry;
  const received: MessageWait = {
    names: wanted.names,
    count: wanted.count,
    scope,
    deadline: dueAt,
    receive: (admitted) => {
      operation.settleInTurn(() => {
        if (!run.mailbox.accept(received, admitted)) return null;
        accepted(admitted);
        stop();
        return settlementOf(operation, admitted);
      });
    },
    timedOut: () => {
      stop();
      if (!wanted.strict) operation.settle({ status: "completed", result: null });
      else operation.fail(new QueueTimeoutError(wanted.name, wanted.names, (dueAt ?? 0) - createdAt));
    },
  };
  const close = run.mailbox.open(received);
  const cancelTimer =
    dueAt === null
      ? (): void => {}
      : run.timers.add(dueAt, Math.max(0, dueAt - createdAt), () => run.mailbox.expire(received));
  const forget = scope.onClose(() => {
    cancelTimer();
    close();
  });
  const stop = (): void => {
    forget();
    cancelTimer();
    close();
  };
}

function settlementOf(operation: Operation<unknown>, admitted: readonly Admitted[]): Settlement {
  const messages = admitted.map(({ message }) => message);
  for (const message of messages) take(operation, message);
  const result = encodeMessages(messages);
  const refusal = admitted.find((one) => one.refusal !== null)?.refusal ?? null;
  if (refusal === null) return { status: "completed", result };
  return { status: "failed", result: refusal, change: { extra: result } };
}

function take(operation: Operation<unknown>, message: StoredMessage): void {
  const { run } = operation.scope;
  run.outbox.consume(message.id);
  const location = run.journal.format(operation.place);
  run.report.event({ type: "message-in", name: message.name, messageId: message.id, location });
}

/**
 * What is recorded was allowed when it was asked for. A rollback that enters a finished block replays the code behind it too, which
 * gets ahead where the block waits for a promise of its own: what that has not answered holds up nothing in the block (P12).
 * @throws MessageUnansweredError
 */
function checkAnswered(scope: Scope, name: string): void {
  if (isRecorded(scope, name)) return;
  for (const { id, wait } of scope.unanswered()) {
    throw new MessageUnansweredError(
      `"${name}" asks for a message while message ${id}, which "${wait}" received, has no answer yet. Call complete(response) on it first.`,
    );
  }
}
