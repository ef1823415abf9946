import type { Entry } from "../../history/entry.ts";
import { SegmentType } from "../../history/location.ts";
import { frameBody } from "../../history/message-body.ts";
import { checkWorkflowId } from "../../model/check.ts";
import { QUEUE_SEND_OPTIONS } from "../../model/context-option-names.ts";
import { describeName } from "../../model/describe.ts";
import { DuplicateNameError } from "../../model/errors/argument-errors.ts";
import { checkOptions } from "../../model/option-names.ts";
import type { QueueSendOptions } from "../../model/queue.ts";
import { checkBodySize } from "../effects/outgoing-message.ts";
import { checkNameIn } from "../replay/admitted.ts";
import { checkRoom, checkUse } from "../replay/claim.ts";
import { formatUuid } from "../replay/draws.ts";
import { Operation } from "../replay/operation.ts";
import type { Scope } from "../replay/scope.ts";

/**
 * Sends a message as part of this run's history, once: the message leaves in the commit that records it (P3). Several
 * messages of one name are told apart by their order, so the name need not be unique in the scope.
 */
export function send(
  scope: Scope,
  name: string,
  body: unknown,
  options: QueueSendOptions = {},
): Promise<void> {
  const { run } = scope;
  checkNameIn(run, name, "The name of the message");
  checkOptions(options, () => `The options of sending ${describeName(name)}`, QUEUE_SEND_OPTIONS);
  const { to = run.workflowId } = options;
  checkWorkflowId(to, run.limits);
  checkUse(scope, "send", name);
  checkNotRemoved(scope, name);
  const recorded = recordedSend(scope, name);
  if (recorded === null) checkRoom(scope, name);
  const index = run.journal.nameIndex(name);
  const ordinal = scope.sends.get(index) ?? 0;
  scope.sends.set(index, ordinal + 1);
  const group = scope.place.child({ type: SegmentType.send, value: index });
  const place = group.child({ type: SegmentType.item, value: ordinal });
  const operation = new Operation<void>({ scope, place, kind: "send" }, () => undefined);
  if (!run.live) run.asked.set(group, "scope").set(place, "send");
  if (recorded === null && run.rollingBack) return operation.promise;
  scope.depart(operation.promise);
  if (recorded !== null) return operation.replay(recorded);
  const go = (bytes: Uint8Array): void => {
    const leave = (): void => dispatch(operation, { to, name, bytes });
    run.whenLive(() => void run.room.take(bytes.length, leave));
  };
  // Recorded like any failure: what is sent next under this name would else be taken for this send by a replay.
  const refuse = (error: unknown): void => run.whenLive(() => operation.fail(error));
  try {
    const encoded = encodeBody(scope, name, body);
    if (encoded instanceof Uint8Array) go(encoded);
    else void run.inTurn(encoded).then(go, refuse);
  } catch (error) {
    refuse(error);
  }
  return operation.promise;
}

/**
 * What is recorded under the name may be what was removed, or this: nothing tells them apart, and one of them would be sent twice or
 * not at all (P7).
 * @throws DuplicateNameError
 */
function checkNotRemoved({ removedSends, place, run }: Scope, name: string): void {
  if (!removedSends.has(name)) return;
  const where = place === run.journal.root ? "the workflow" : `"${run.journal.format(place)}"`;
  throw new DuplicateNameError(
    `The message ${describeName(name)} is sent after ctx.removed(${describeName(name)}, "send"), which stands for all that ${where} has sent under this name: a run that is past it could not tell whether this one is among them. Send it under another name, or keep the old send behind ctx.getVersion(name, latest).`,
  );
}

/** What the history has for the next send of this name in this scope. */
function recordedSend(scope: Scope, name: string): Entry | null {
  const index = scope.run.journal.knownName(name);
  if (index === undefined) return null;
  const group = scope.place.existing(SegmentType.send, index);
  return group?.existing(SegmentType.item, scope.sends.get(index) ?? 0)?.entry ?? null;
}

function dispatch(operation: Operation<void>, what: { to: string; name: string; bytes: Uint8Array }): void {
  const { scope } = operation;
  const { run } = scope;
  if (scope.closed) return;
  const { to, name, bytes } = what;
  const idBytes = run.world.random.bytes(16);
  const id = formatUuid(idBytes);
  const createdAt = run.stamp();
  const message = {
    id,
    name,
    body: frameBody({ workflowId: to, id, name }, bytes),
    createdAt,
    expiresAt: null,
    completable: false,
    remember: false,
    queueLimit: run.limits.queuedMessages,
  };
  const detail = to === run.workflowId ? idBytes : null;
  operation.settleOnCommit({ status: "completed", result: null, change: { detail } });
  run.outbox.send({ to, message }, (error) => operation.refuse(error));
  run.report.event({ type: "message-out", name, messageId: id, to });
}

/** @throws UnserializableValueError, LimitError */
function encodeBody({ run }: Scope, name: string, body: unknown): Uint8Array | Promise<Uint8Array> {
  const check = (bytes: Uint8Array): Uint8Array => checkBodySize(run.limits, name, bytes);
  const encoded = run.payloads.encode(body, `the body of message ${describeName(name)}`);
  return encoded instanceof Uint8Array ? check(encoded) : encoded.then(check);
}
