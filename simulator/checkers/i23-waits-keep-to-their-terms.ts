import { recordedPayload } from "#holdfast/history/message-body.ts";
import { defaultCodec } from "#holdfast/history/payload.ts";
import type { CompletedMessage } from "#holdfast/storage/records.ts";
import { callsOf } from "../evidence/calls.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { type Holding, holdingsOf } from "../evidence/holdings.ts";
import { type Life, lifeAt, livesOf, livesOfRun } from "../evidence/lives.ts";
import { outlineOf } from "../evidence/outline.ts";
import { programOf } from "../evidence/programs.ts";
import { copiedMessages, queueOf } from "../evidence/queues.ts";
import { canonicalText } from "../program/canonical.ts";
import type { Statement } from "../program/program.ts";
import { checkerOf } from "./checker-of.ts";
import { greedyWaits } from "./i23-greedy-waits.ts";
import { schemaProblems } from "./i23-schemas.ts";

export const waitsKeepToTheirTerms = checkerOf(
  "I23",
  "a wait receives as many messages as it asked for at most; an answer is given once, to a message that was received",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      yield* tooMany(evidence, life);
      yield* tooLate(evidence, life);
      yield* wrongAnswers(evidence, life);
      yield* schemaProblems(evidence, life);
    }
    yield* hastyAnswers(evidence);
    yield* greedyWaits(evidence);
    yield* wrongResponses(evidence);
  },
);

function* tooMany(evidence: Evidence, life: Life) {
  const program = programOf(evidence, life);
  for (const { path, messages, commit } of queueOf(evidence, life).receipts) {
    const at = { run: life.run, fact: commit.fact };
    const statements = program === undefined ? [] : outlineOf(program).at(path);
    const most = Math.max(0, ...statements.map(countOf));
    if (statements.length > 0 && messages.length > most)
      yield { problem: `"${path}" received ${messages.length} messages of ${most}`, ...at };
    if (messages.length === 0) yield { problem: `"${path}" was served with no message`, ...at };
  }
}

/** How late a process can hear of a deadline besides the error of its clock. */
const HEARD_MS = 10;

/**
 * A wait whose deadline has passed receives what was sent before it, and nothing that was sent later. Only a client's
 * messages tell when that was; how far a process may be behind, faults of its calls make uncertain.
 */
function* tooLate(evidence: Evidence, life: Life) {
  const { hosts, latencyMs } = evidence.scenario;
  const drift = Math.max(...hosts.map(({ clockRate }) => Math.abs(clockRate - 1)), 0);
  const { receipts, fates } = queueOf(evidence, life);
  for (const { commit, path, messages } of receipts) {
    const dueAt = commit.entries.find((change) => change.path === path)?.before?.dueAt ?? null;
    const holding = holdingsOf(evidence, life.run).findLast(({ from }) => from < commit.fact);
    if (dueAt === null || holding === undefined || isUncertain(evidence, holding, commit.fact)) continue;
    const behindMs = drift * (commit.at - holding.fromAt) + 2 * latencyMs + HEARD_MS;
    for (const { id, createdAt } of messages) {
      const arrival = fates.get(id)?.arrivals[0] ?? -1;
      if (evidence.facts[arrival]?.process !== "client" || createdAt <= dueAt + behindMs) continue;
      const problem = `"${path}" received message ${id}, sent ${createdAt - dueAt} ms after its deadline`;
      yield { problem, run: life.run, fact: commit.fact };
    }
  }
}

/** An answer that was long on its way may have told the holder of a time that was over. */
const LONGEST_ANSWER_MS = 20_000;

function isUncertain({ facts }: Evidence, { process, fromAt }: Holding, before: number): boolean {
  for (let n = before - 1; n >= 0; n--) {
    const fact = facts[n];
    if (fact === undefined || fact.at < fromAt - LONGEST_ANSWER_MS) return false;
    if (fact.type === "fault" && fact.process === process) return true;
  }
  return false;
}

function countOf(statement: Statement): number {
  if (statement.kind === "batch") return statement.count;
  if (statement.kind === "listen") return statement.form.startsWith("listenN") ? statement.count : 1;
  return statement.kind === "next" ? 1 : 0;
}

function* wrongAnswers(evidence: Evidence, life: Life) {
  const { fates } = queueOf(evidence, life);
  const copied = new Set(copiedMessages(life));
  const answered = new Map<string, number>();
  for (const { batch, fact, generation, entries } of life.commits) {
    const at = { run: life.run, fact };
    for (const { id } of batch?.complete ?? []) {
      const consumed =
        copied.has(id) || fates.get(id)?.consumed.some((commit) => commit.fact <= fact) === true;
      if (!consumed) yield { problem: `message ${id} was answered and had not been received`, ...at };
      if (answered.get(id) === generation) yield { problem: `message ${id} was answered twice`, ...at };
      answered.set(id, generation);
    }
    const recorded = entries.filter(
      ({ before, after }) => after?.kind === "answer" && after.status === "completed" && before === null,
    ).length;
    if (batch !== null && recorded > batch.complete.length)
      yield { problem: `${recorded} answers were recorded and ${batch.complete.length} given`, ...at };
  }
}

/** Code goes on after an answer when that is durable. */
function* hastyAnswers(evidence: Evidence) {
  for (const fact of evidence.facts) {
    if (fact.type !== "answered") continue;
    const { run, messageId, n } = fact;
    const life = lifeAt(evidence, run, n);
    if (life === undefined || life.number > 1 || isCopied(life, messageId)) continue;
    const durable = life.commits.some(
      (commit) => commit.fact < n && commit.batch?.complete.some(({ id }) => id === messageId) === true,
    );
    if (!durable)
      yield { problem: `the answer to ${messageId} was told as given, and was not durable`, run, fact: n };
  }
}

/** A fork is given messages, and the answers to them, with its history. */
function isCopied(life: Life, messageId: string): boolean {
  return [...copiedMessages(life)].includes(messageId);
}

/** Who asked is given an answer that stood while it was waited for. */
function* wrongResponses(evidence: Evidence) {
  for (const { began, ended } of callsOf(evidence)) {
    const { what, run } = began;
    if (what.api !== "request" || ended?.outcome.ok !== true) continue;
    const given = livesOfRun(evidence, run).flatMap((life) =>
      answersOf(life, what.messageId, { from: began.n, to: ended.n }),
    );
    const { value } = ended.outcome;
    if (given.some((answer) => textOf(answer) === value)) continue;
    const problem = `the request ${what.messageId} was answered with ${value}, which the run had not given`;
    yield { problem, run, fact: ended.n };
  }
}

/** Of several answers to one message the first stands, until it is taken back. */
function answersOf(
  life: Life,
  messageId: string,
  { from, to }: { readonly from: number; readonly to: number },
): readonly CompletedMessage[] {
  const answers: CompletedMessage[] = [];
  let standing: CompletedMessage | null = null;
  for (const { batch, fact } of life.commits) {
    if (fact >= to) break;
    if (standing !== null && fact > from) answers.push(standing);
    if (batch?.retract?.includes(messageId) === true) standing = null;
    standing ??= batch?.complete.find(({ id }) => id === messageId) ?? null;
  }
  return standing === null ? answers : [...answers, standing];
}

function textOf({ response }: CompletedMessage): string {
  return canonicalText(defaultCodec.decode(recordedPayload(response)));
}
