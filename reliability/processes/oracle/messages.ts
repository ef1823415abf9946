import type { RecordOf } from "../ledger/ledger-record.ts";
import { type Evidence, groupBy } from "./evidence.ts";
import type { StoredRun } from "./final-store.ts";
import type { Violation } from "./violation.ts";

/** I20: each message that was acknowledged was seen by its run, or consumed by a commit, or is still queued: never lost. */
export function judgeLostMessages(evidence: Evidence): Violation[] {
  const consumed = new Set(evidence.of("commit", "consuming").flatMap((record) => record.consumed));
  return evidence.of("send-ack", "answer").flatMap(({ run, messageId, type }) => {
    const stored = evidence.stored(run);
    if (stored === undefined) return [{ invariant: "I20", run, problem: "the run is gone" }];
    if (consumed.has(messageId) || stored.queued.includes(messageId) || sees(stored, messageId)) return [];
    const problem = `message ${messageId} was acknowledged (${type}), and is neither consumed nor queued`;
    return [{ invariant: "I20", run, problem }];
  });
}

function sees({ seen }: StoredRun, messageId: string): boolean {
  return (seen ?? []).some(([, token]) => token === messageId);
}

/** I21: no message is consumed twice, nor seen at two places, nor consumed and still queued. */
export function judgeDoubledMessages(evidence: Evidence): Violation[] {
  const commits = evidence
    .of("commit")
    .flatMap(({ run, revision, consumed }) =>
      consumed.map((id) => ({ run, id, where: `revision ${revision}` })),
    );
  const doubled = [...groupBy(commits, ({ run, id }) => [run, id]).values()].flatMap((uses) => twice(uses));
  const sights = evidence.runs.flatMap(({ workflowId, seen, queued }) => [
    ...(seen ?? [])
      .filter(([, token]) => token.includes("/"))
      .map(([path, id]) => ({ run: workflowId, id, where: path })),
    ...queued.map((id) => ({ run: workflowId, id, where: "the queue" })),
  ]);
  return [...doubled, ...[...groupBy(sights, ({ id }) => [id]).values()].flatMap((uses) => twice(uses))];
}

function twice(
  uses: readonly { readonly run: string; readonly id: string; readonly where: string }[],
): Violation[] {
  const [first] = uses;
  if (first === undefined || uses.length === 1) return [];
  const problem = `message ${first.id} is in ${uses.map(({ where }) => where).join(" and in ")}`;
  return [{ invariant: "I21", run: first.run, problem }];
}

/** I21: no run sees a message that was sent to another one. */
export function judgeStrayMessages(evidence: Evidence): Violation[] {
  const receiver = new Map(evidence.of("send-ack", "answer").map(({ messageId, run }) => [messageId, run]));
  return evidence.runs.flatMap(({ workflowId: run, seen }) =>
    (seen ?? [])
      .filter(([, token]) => (receiver.get(token) ?? run) !== run)
      .map(([path, token]) => ({
        invariant: "I21",
        run,
        problem: `${path} saw message ${token} of another run`,
      })),
  );
}

/**
 * I22: messages of one name, which a sender sent one after the other, are seen in that order, and none before an older
 * one. Only one place of each program waits for a name, one wait after the other.
 */
export function judgeOrder(evidence: Evidence): Violation[] {
  const sent = new Map(evidence.of("send-ack", "answer").map((record) => [record.messageId, record]));
  return evidence.runs.flatMap(({ workflowId: run, seen }) => {
    const received = (seen ?? []).flatMap(([, token]) => sent.get(token) ?? []);
    return [...groupBy(received, ({ message }) => [message]).values()].flatMap((one) => disorder(run, one));
  });
}

function disorder(run: string, received: readonly RecordOf<"send-ack" | "answer">[]): Violation[] {
  return received.flatMap(({ ordinal, messageId }, index) => {
    if (index === 0 || ordinal > (received[index - 1]?.ordinal ?? -1)) return [];
    return [
      { invariant: "I22", run, problem: `${messageId} was seen after ${received[index - 1]?.messageId}` },
    ];
  });
}

/** I23: a request has one answer, whoever asks and however often: one that its run computed for it. */
export function judgeAnswers(evidence: Evidence): Violation[] {
  const answers = groupBy(evidence.of("answer"), ({ messageId }) => [messageId]);
  return [...answers.values()].flatMap((given) => {
    const { run, messageId, answer } = given[0] as RecordOf<"answer">;
    const distinct = new Set(given.map((one) => one.answer));
    if (distinct.size > 1) {
      return [{ invariant: "I23", run, problem: `${messageId} was answered ${[...distinct].join(" and ")}` }];
    }
    const known = evidence
      .of("body-end")
      .some(({ run: of, token, outcome }) => of === run && token === answer && outcome === "ok");
    return known
      ? []
      : [{ invariant: "I23", run, problem: `${messageId} was answered ${answer}, which nothing computed` }];
  });
}
