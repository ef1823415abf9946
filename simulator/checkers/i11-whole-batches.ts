import type { MemoryRunDump } from "#holdfast/drivers/memory/memory-run.ts";
import { hex } from "#holdfast/history/key.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { type Life, livesOf } from "../evidence/lives.ts";
import { queueOf } from "../evidence/queues.ts";
import { checkerOf, sameBytes } from "./checker-of.ts";

export const wholeBatches = checkerOf(
  "I11",
  "what is stored is what whole batches made, each applied in full",
  function* (evidence) {
    const stored = new Map(evidence.stored.runs.map((run) => [run.row.workflowId, run]));
    for (const life of livesOf(evidence)) {
      for (const { record, batch, fact } of life.commits) {
        if (batch === null || (record.status === batch.status && record.wakeAt === batch.wakeAt)) continue;
        const problem = `the run is ${record.status} after a batch that makes it ${batch.status}`;
        yield { problem, run: life.run, fact };
      }
      if (life.to !== Number.POSITIVE_INFINITY) continue;
      const dump = stored.get(life.run);
      const at = { run: life.run, fact: life.commits.at(-1)?.fact ?? null };
      if (dump === undefined) yield { problem: "the run is not stored, and was never deleted", ...at };
      else for (const problem of differences(evidence, life, dump)) yield { problem, ...at };
    }
  },
);

function* differences(evidence: Evidence, life: Life, dump: MemoryRunDump): Iterable<string> {
  const last = life.commits.at(-1);
  if (last === undefined) return;
  if (dump.row.revision !== last.record.revision)
    yield `revision ${dump.row.revision} is stored, ${last.record.revision} was the last to be applied`;
  const damaged = damagedKeys(evidence, life);
  if (damaged === "unknown") return;
  if (dump.row.status !== last.record.status && damaged.size === 0)
    yield `the run is stored as ${dump.row.status}, ${last.record.status} was applied`;
  const header = last.batch?.header ?? life.created.header;
  if (!sameBytes(dump.header, header) && damaged.size === 0) yield "the stored header is not the last one";
  yield* rowDifferences(life, dump, damaged);
  const queued = queueOf(evidence, life).left.map(({ id }) => id);
  const found = dump.messages.map(({ id }) => id);
  if (JSON.stringify(queued) !== JSON.stringify(found))
    yield `the queue holds ${found.join(", ") || "nothing"}, where ${queued.join(", ") || "nothing"} should be`;
  yield* answerDifferences(life, dump);
}

/** Of several answers to one message the first stays, unless it is taken back. */
function* answerDifferences({ commits }: Life, { responses }: MemoryRunDump): Iterable<string> {
  const given = new Map<string, Uint8Array>();
  for (const { batch } of commits) {
    for (const id of batch?.retract ?? []) given.delete(id);
    for (const { id, response } of batch?.complete ?? []) if (!given.has(id)) given.set(id, response);
  }
  const found = new Map(responses);
  for (const [id, response] of given)
    if (!sameBytes(found.get(id) ?? null, response))
      yield `the answer to ${id} is not stored as it was given`;
  for (const id of found.keys()) if (!given.has(id)) yield `an answer to ${id} is stored, and none stands`;
}

function* rowDifferences(life: Life, dump: MemoryRunDump, damaged: ReadonlySet<string>): Iterable<string> {
  const found = new Map(dump.entries.map(({ key, value }) => [hex(key), value]));
  for (const [id, { value }] of life.rows) {
    const there = found.get(id) ?? null;
    if (!damaged.has(id) && !sameBytes(there, value))
      yield there === null ? `row ${id} is missing` : `row ${id} has other bytes than were written last`;
  }
  for (const id of found.keys())
    if (!life.rows.has(id) && !damaged.has(id)) yield `row ${id} is there, and no batch left it`;
}

/** Rows that the world has damaged; what a later batch wrote over may be either. */
function damagedKeys(evidence: Evidence, life: Life): ReadonlySet<string> | "unknown" {
  const keys = new Set<string>();
  if (life.damagedAt === Number.POSITIVE_INFINITY) return keys;
  for (const fact of evidence.facts) {
    if (fact.type !== "corrupted" || fact.run !== life.run || fact.n < life.from) continue;
    if (!/^[0-9a-f]+$/.test(fact.key)) return "unknown";
    keys.add(fact.key);
  }
  return keys;
}
