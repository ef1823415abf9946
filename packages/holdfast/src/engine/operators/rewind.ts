import { answeredNumber } from "../../history/answers.ts";
import type { Entry, EntryKind } from "../../history/entry.ts";
import type { Journal } from "../../history/journal.ts";
import { KeySpace } from "../../history/key.ts";
import { SegmentType } from "../../history/location.ts";
import { widthsBefore } from "../../history/map-widths.ts";
import { frameAgain } from "../../history/message-body.ts";
import { decodeMessages, type RecordedMessage } from "../../history/message-record.ts";
import type { Place } from "../../history/place.ts";
import { freeTurns } from "../../history/seeds.ts";
import { describe } from "../../model/describe.ts";
import { InvalidArgumentError } from "../../model/errors/argument-errors.ts";
import { RunStateError } from "../../model/errors/run-errors.ts";
import type { StoredMessage } from "../../storage/records.ts";
import { Outbox } from "../pass/outbox.ts";
import { formatUuid } from "../replay/draws.ts";
import type { Operator } from "./operator.ts";
import { resetHandlers } from "./reset-handlers.ts";

/**
 * Takes a run back to just before the entry `to`, or to before it began where that is a block: it and everything that
 * was committed after it is forgotten, messages that were received since are queued again, answers that were given since are
 * told to nobody any more, and the run goes on from there. What it had sent to itself since is gone, received or not: it sends that again.
 * The bodies of forgotten steps run again; what they did in the world is not undone.
 * @throws InvalidArgumentError when there is no such entry; RunStateError when its loop iteration cannot be begun again, or
 * something beside it has gone on and cannot be taken back with it.
 */
export async function rewindRun(operator: Operator, to: string): Promise<void> {
  const { journal } = operator;
  const { workflowId } = journal;
  const outbox = new Outbox();
  const forgotten = forgetFrom(journal, to);
  for (const id of forgotten.answered) outbox.retract(id);
  for (const { id } of await stillQueued(operator, forgotten)) outbox.consume(id);
  for (const message of forgotten.messages) {
    if (forgotten.sent.has(message.id)) continue;
    const body = frameAgain({ ...message, workflowId }, message.body);
    const queued = { ...message, body, expiresAt: null, remember: false };
    outbox.send({ to: workflowId, message: queued, requeue: true }, () => {});
  }
  for (const space of ENDINGS) journal.setSingle(space, null);
  await operator.commitOnce({ status: "sleeping", wakeAt: operator.now, rollback: "none" }, outbox);
}

const ENDINGS = [KeySpace.output, KeySpace.error, KeySpace.hold, KeySpace.cancelled];

/** What forgotten entries had sent to the run itself, and nobody has received. */
async function stillQueued(
  operator: Operator,
  { sent, messages }: Forgotten,
): Promise<readonly StoredMessage[]> {
  const unseen = new Map(sent);
  for (const { id } of messages) unseen.delete(id);
  if (unseen.size === 0) return [];
  const queued = await operator.queued([...new Set(unseen.values())]);
  return queued.filter(({ id }) => unseen.has(id));
}

/** What a run that is taken back has to do with others. */
export interface Forgotten {
  /** The messages that the forgotten entries had received, oldest first. */
  readonly messages: readonly RecordedMessage[];
  /** Ids of the messages that they had answered. */
  readonly answered: readonly string[];
  /** The messages that they had sent to the run itself: their ids and names. */
  readonly sent: ReadonlyMap<string, string>;
}

/**
 * Forgets the entry with this id, what is inside it, and all that came after it, a rollback included: its handlers that have
 * failed begin anew.
 */
export function forgetFrom(journal: Journal, to: string): Forgotten {
  const target = find(journal, to);
  checkLoops(journal, target);
  const from = beginningOf(target);
  checkBeside(journal, target, from);
  if (journal.checkpointAt >= from) journal.checkpointAt = 0;
  const again: (Place & { entry: Entry })[] = [];
  const forgotten: (Place & { entry: Entry })[] = [];
  for (const place of journal.root.entries()) {
    if (isAround(place, target)) continue;
    if (place === target || isAround(target, place)) forgotten.push(place);
    else if (endedSince(place.entry, from)) again.push(place);
    else if (comesAfter(place.entry, from)) forgotten.push(place);
  }
  forgotten.sort((a, b) => a.entry.sequence - b.entry.sequence);
  const messages = forgotten.flatMap(receivedBy);
  const answered = forgotten.flatMap(answeredBy);
  const sent = new Map(forgotten.flatMap((place) => sentToItself(journal, place)));
  for (let at = target.parent; at !== null; at = at.parent) {
    // An iteration's entry is the state that it begins with, and a wait keeps what it received, whatever becomes of its answers.
    if (at.entry !== null && BLOCKS.has(at.entry.kind)) journal.write(at, reopened(at, at.entry, target));
  }
  for (const place of again) journal.write(place, { ...place.entry, ...OPEN });
  for (const place of forgotten) journal.removeEntry(place);
  takeBackWidths(journal, from);
  resetHandlers(journal);
  journal.setSingle(KeySpace.undoing, null);
  freeTurns(journal);
  return { messages, answered, sent };
}

/** How many items of the maps that stay were at work at once since then is not so any more. */
function takeBackWidths(journal: Journal, from: number): void {
  for (const place of journal.root.entries()) {
    const { entry } = place;
    if (entry.kind !== "map") continue;
    const extra = widthsBefore(entry.extra, from);
    if (extra !== entry.extra) journal.write(place, { ...entry, extra });
  }
}

function receivedBy({ entry }: Place): readonly RecordedMessage[] {
  if (entry?.kind !== "message") return [];
  const received = entry.status === "completed" ? entry.result : entry.extra;
  return received === null ? [] : decodeMessages(received);
}

/** An answer stands below the wait that received the message. */
function answeredBy({ entry, parent, segment }: Place): readonly string[] {
  if (entry?.kind !== "answer" || parent === null || segment === null) return [];
  const received = receivedBy(parent);
  const message = received[answeredNumber(segment.value, received.length)];
  return message === undefined ? [] : [message.id];
}

/** A send stands below its message's name, at its number. */
function sentToItself(journal: Journal, { entry, parent }: Place): readonly (readonly [string, string])[] {
  if (entry?.kind !== "send" || entry.status !== "completed" || entry.detail === null) return [];
  return [[formatUuid(entry.detail), journal.nameOf(parent?.segment?.value ?? 0)]];
}

function find(journal: Journal, id: string): Place & { entry: Entry } {
  for (const place of journal.root.entries()) if (journal.format(place) === id) return place;
  throw new InvalidArgumentError(
    `Run "${journal.workflowId}" has no entry ${describe(id)} in its history. Take an id from history().entries; pruned entries cannot be gone back to.`,
  );
}

/** Kinds of entries that have others inside. */
const BLOCKS: ReadonlySet<EntryKind> = new Set(["loop", "join", "race", "map", "try"]);

/**
 * The first number that comes after the entry. A block is gone back to before it began: what it holds now may not be
 * all that it had, since iterations are pruned and losers removed. A pending entry stands after everything that was
 * known when it was asked for; that of an iteration is made later than what came before it in there.
 */
function beginningOf(place: Place & { entry: Entry }): number {
  const { kind, sequence, askedAfter } = place.entry;
  if (sequence > 0 && !BLOCKS.has(kind)) return sequence;
  let begun = askedAfter;
  for (const inside of place.entries()) begun = Math.min(begun, inside.entry.askedAfter);
  return begun + 1;
}

function comesAfter(entry: Entry, from: number): boolean {
  return entry.sequence > 0 ? entry.sequence >= from : entry.askedAfter >= from;
}

/** Of a block that has not ended. */
const OPEN = { status: "pending", sequence: 0, settledAt: 0, result: null } as const;

/** Whether it is a block that had begun by then, and ended later: it is unfinished again. Loops and races beside are refused. */
function endedSince({ kind, sequence, askedAfter }: Entry, from: number): boolean {
  return BLOCKS.has(kind) && kind !== "loop" && kind !== "race" && sequence >= from && askedAfter < from;
}

/** Whether the place is a block around the target: that one stays, unfinished. */
function isAround(place: Place, target: Place): boolean {
  for (let at = target.parent; at !== null; at = at.parent) if (at === place) return true;
  return false;
}

/** The entry of a block around the target: unfinished, and a loop at the iteration that the target is in. */
function reopened(place: Place, entry: Entry, target: Place): Entry {
  const open: Entry = { ...entry, ...OPEN };
  if (entry.kind !== "loop") return open;
  const iteration = iterationOf(place, target);
  const start = place.existing(SegmentType.iteration, iteration)?.entry ?? null;
  if (start !== null) {
    const { extra, settledAt, beganIn, checkpointed } = start;
    return { ...open, count: iteration, extra, settledAt, beganIn, checkpointed };
  }
  return {
    ...open,
    count: firstKnown(entry),
    settledAt: entry.status === "pending" ? entry.settledAt : entry.beganAt,
    beganAt: 0,
  };
}

/** The iteration whose start state the loop's own entry keeps. */
function firstKnown(loop: Entry): number {
  return loop.status === "completed" ? loop.count - 1 : loop.count;
}

function iterationOf(loop: Place, target: Place): number {
  let at = target;
  while (at.parent !== null && at.parent !== loop) at = at.parent;
  return at.segment?.value ?? 0;
}

/** An iteration can be begun again only when its start state is known, or can be computed from iterations still there. */
function checkLoops(journal: Journal, target: Place & { entry: Entry }): void {
  for (let at = target.parent; at !== null; at = at.parent) {
    const { entry } = at;
    if (entry?.kind === "race" && entry.status !== "pending") {
      const problem = `race "${journal.format(at)}" around it is decided, and the history of its losers is gone. Rewind to the race itself.`;
      throw new RunStateError(journal.workflowId, journal.header.status, problem);
    }
    if (entry?.kind !== "loop") continue;
    const iteration = iterationOf(at, target);
    const known = (at.existing(SegmentType.iteration, iteration)?.entry ?? null) !== null;
    if (known || iteration >= firstKnown(entry)) continue;
    throw new RunStateError(
      journal.workflowId,
      journal.header.status,
      `iteration ${iteration} of loop "${journal.format(at)}" cannot be begun again, because the state it began with is not kept. Rewind to an entry of a later iteration, or to the loop itself.`,
    );
  }
}

/**
 * A loop or race that runs beside the target and has gone on since cannot be taken back with it: its iterations since then are
 * partly pruned, its losers removed, so that bodies from before the target would run again.
 */
function checkBeside(journal: Journal, target: Place & { entry: Entry }, from: number): void {
  for (const place of journal.root.entries()) {
    const { entry } = place;
    if (place === target || isAround(place, target) || isAround(target, place)) continue;
    if (entry.askedAfter >= from || !hasGoneOn(place, target.entry, from)) continue;
    throw new RunStateError(
      journal.workflowId,
      journal.header.status,
      `${entry.kind} "${journal.format(place)}" runs beside it and has gone on since, and what it was then is not kept. Rewind to the block around both.`,
    );
  }
}

function hasGoneOn(place: Place & { entry: Entry }, target: Entry, from: number): boolean {
  const { kind, status, sequence, beganIn, count, settledAt } = place.entry;
  if (kind === "race") return sequence >= from;
  if (kind !== "loop") return false;
  if (status === "pending" && beganIn > 0) return beganIn >= from;
  // By the clock where an earlier release has not recorded the turn.
  if (status === "pending") return count > 0 && settledAt >= target.createdAt;
  return sequence >= from && !keepsItsOnlyIteration(place);
}

/** Of a loop that has ended. */
function keepsItsOnlyIteration(loop: Place & { entry: Entry }): boolean {
  if (firstKnown(loop.entry) > 0) return false;
  return loop.existing(SegmentType.iteration, 0)?.recorded ?? false;
}
