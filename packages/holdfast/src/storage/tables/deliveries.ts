import { HoldfastError } from "../../model/errors/holdfast-error.ts";
import { RunNotFoundError } from "../../model/errors/run-errors.ts";
import { MessageRefusedError } from "../../model/errors/storage-errors.ts";
import { DEFAULT_LIMITS } from "../../model/limits.ts";
import { isTerminal } from "../../model/run.ts";
import { assertTakesMessage } from "../admission.ts";
import { assertMessageFits } from "../batch-limits.ts";
import { assertSound } from "../damage.ts";
import type { CommitBatch, NewMessage, NewRun, OutgoingMessage } from "../records.ts";
import { type RunRow, unbornRow } from "../run-row.ts";
import type { Claim, Claimant } from "../store.ts";
import { afterClaim, afterMessage } from "../transitions.ts";
import { circumstances, claimOf } from "./claim-runs.ts";
import { QueueEnds } from "./queue-ends.ts";
import type { MessageState, RunLedger } from "./tables.ts";

/** A message that is certain to be taken, and where in its queue. */
export interface Delivery {
  readonly to: string;
  readonly message: NewMessage;
  readonly position: number;
}

/** A message that its receiver takes. */
interface Accepted extends Omit<Delivery, "position"> {
  readonly front: boolean;
}

/** What the sends of a batch are decided on. */
interface Sending {
  /** The committing run as it is stored. */
  readonly before: RunRow;
  readonly batch: CommitBatch;
  /** The runs that the batch creates: they can be sent to. */
  readonly spawns: readonly NewRun[];
}

type Receiver = Pick<RunRow, "key" | "workflowId" | "status" | "queued">;

/** The deliveries of a batch's sends; throws `MessageRefusedError` for those that are refused. Writes nothing. */
export function planDeliveries(ledger: RunLedger, sending: Sending): Delivery[] {
  if (sending.batch.send.length === 0) return [];
  const receivers = new Map<string, Receiver>();
  const ids = new Set<string>();
  const accepted: Accepted[] = [];
  const refused: MessageRefusedError[] = [];
  for (const send of sending.batch.send) {
    try {
      const one = planOne(ledger, sending, { send, receivers, ids });
      if (one !== null) accepted.push(one);
    } catch (error) {
      if (!MessageRefusedError.is(error)) throw error;
      refused.push(error);
    }
  }
  const [first, ...others] = refused;
  if (first !== undefined)
    throw new MessageRefusedError(first.messageId, first.cause as HoldfastError, others);
  const ends = new QueueEnds(ledger.tables);
  return inFront(accepted).map(({ to, message, front }) => {
    const { key, workflowId } = receivers.get(to) as Receiver;
    const position = refusing(message.id, () => ends.take({ key, workflowId }, front));
    return { to, message, position };
  });
}

/** Each message that is put back goes in front of the queue, so the last of them has to go first. */
function inFront(accepted: readonly Accepted[]): Accepted[] {
  const front = accepted.filter((one) => one.front).reverse();
  return [...front, ...accepted.filter((one) => !one.front)];
}

/** What `work` gives. @throws MessageRefusedError for what it throws with a type */
function refusing<T>(messageId: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof HoldfastError ? new MessageRefusedError(messageId, error) : error;
  }
}

function planOne(
  ledger: RunLedger,
  sending: Sending,
  plan: { send: OutgoingMessage; receivers: Map<string, Receiver>; ids: Set<string> },
): Accepted | null {
  const { to, message, requeue = false } = plan.send;
  const identity = JSON.stringify([to, message.id]);
  return refusing(message.id, () => {
    assertMessageFits(to, message, ledger.limits);
    const receiver = plan.receivers.get(to) ?? findReceiver(ledger, sending, to);
    const state = receiver.key === 0 ? "unknown" : ledger.tables.messageState(receiver, message.id);
    const there =
      plan.ids.has(identity) ||
      (requeue ? isQueuedAfter(sending, to, message.id, state) : state !== "unknown");
    if (there) return null;
    if (!requeue) assertTakesMessage(receiver, queueLimit(ledger, message));
    plan.ids.add(identity);
    plan.receivers.set(to, { ...receiver, queued: receiver.queued + 1 });
    return { to, message, front: requeue };
  });
}

function queueLimit(ledger: RunLedger, message: NewMessage): number {
  return ledger.queuedMessages ?? message.queueLimit ?? DEFAULT_LIMITS.queuedMessages;
}

function isQueuedAfter(
  { before, batch }: Sending,
  to: string,
  messageId: string,
  state: MessageState,
): boolean {
  return state === "queued" && !(to === before.workflowId && batch.consume.includes(messageId));
}

function findReceiver(ledger: RunLedger, { before, batch, spawns }: Sending, to: string): Receiver {
  if (to === before.workflowId) {
    // A batch that ends the run may still send to it, and one that revives it may too: the end counts from here on.
    const status = isTerminal(before.status) ? batch.status : before.status;
    return { key: before.key, workflowId: to, status, queued: before.queued - batch.consume.length };
  }
  const run = ledger.tables.findRun(to);
  if (run !== null) {
    assertSound(run);
    return run;
  }
  const spawned = spawns.find((spawn) => spawn.workflowId === to);
  if (spawned === undefined) throw new RunNotFoundError(to);
  return { key: 0, workflowId: to, status: spawned.status, queued: 0 };
}

/**
 * Puts a message into its run's queue and makes the run due if it waits for it; a run that was not due then belongs to
 * the claimant, if there is one.
 */
export function deliver(
  ledger: RunLedger,
  { to, message, position }: Delivery,
  claimant?: Claimant,
): Claim | null {
  const run = ledger.tables.findRun(to);
  if (run === null) throw new RunNotFoundError(to);
  const seal = ledger.tables.insertMessage(run, message, position);
  const now = ledger.now();
  const received = afterMessage(run, { name: message.name, seal }, now);
  const taken = claimant !== undefined && isDue(received, now) && !isDue(run, now) && runs(claimant, run);
  const after = taken ? afterClaim(received, claimant, circumstances(ledger, received, now)) : received;
  ledger.tables.updateRun(run, after);
  ledger.changed({ workflowId: to, kind: "received", due: !taken && after.dueAt !== null });
  return taken ? claimOf(after, claimant.leaseMs, now) : null;
}

function isDue({ dueAt }: RunRow, now: number): boolean {
  return dueAt !== null && dueAt <= now;
}

function runs({ workflowNames }: Claimant, { workflowName }: RunRow): boolean {
  return workflowNames === null || workflowNames.includes(workflowName);
}

/** `enqueue` of a store, `enqueueMessage` of a driver: a message that is known already changes nothing. */
export function enqueueMessage(
  ledger: RunLedger,
  receiver: { workflowId: string; bare: boolean },
  message: NewMessage,
  claimant?: Claimant,
): Claim | null {
  const { workflowId, bare } = receiver;
  assertMessageFits(workflowId, message, ledger.limits);
  const run = ledger.tables.findRun(workflowId);
  let position = 0;
  if (run === null && !bare) throw new RunNotFoundError(workflowId);
  if (run !== null) {
    assertSound(run);
    if (ledger.tables.messageState(run, message.id) !== "unknown") return null;
    assertTakesMessage(run, queueLimit(ledger, message));
    position = ledger.tables.nextPosition(run, false);
  } else {
    assertTakesMessage({ workflowId, status: "pending", queued: 0 }, queueLimit(ledger, message));
    ledger.tables.insertRun(unbornRow(workflowId, ledger.now()), new Uint8Array(0));
  }
  return deliver(ledger, { to: workflowId, message, position }, claimant);
}
