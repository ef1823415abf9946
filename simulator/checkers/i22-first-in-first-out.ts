import { escapeName } from "#holdfast/history/location.ts";
import type { NewMessage } from "#holdfast/storage/records.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { entryAt, type Life, livesOf } from "../evidence/lives.ts";
import { outlineOf } from "../evidence/outline.ts";
import { programOf } from "../evidence/programs.ts";
import { queueOf, type Receipt } from "../evidence/queues.ts";
import type { Statement } from "../program/program.ts";
import { checkerOf } from "./checker-of.ts";

export const firstInFirstOut = checkerOf(
  "I22",
  "messages are received in the order in which they came, per name, and by a wait for several names the oldest of all",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      const { receipts } = queueOf(evidence, life);
      for (const receipt of receipts) {
        const at = { run: life.run, fact: receipt.commit.fact };
        const places = receipt.messages.map(({ id }) => receipt.queued.findIndex((one) => one.id === id));
        if (places.some((place, i) => i > 0 && place < (places[i - 1] as number)))
          yield {
            problem: `the messages at "${receipt.path}" are not in the order in which they came`,
            ...at,
          };
      }
      yield* servedBackwards(evidence, life, receipts);
      for (const receipt of receipts) {
        const passed = overtaken(receipt, namesAt(evidence, life, receipt), receipts);
        if (passed === undefined || isLeftForAnother(life, passed.older, { receipt, receipts })) continue;
        const problem = `"${receipt.path}" received ${passed.by} before the older message ${passed.older.id}`;
        yield { problem, run: life.run, fact: receipt.commit.fact };
      }
    }
  },
);

/** Waits that strands ask for at once, in this order, and of which the first could have had what the second receives. */
function* servedBackwards(evidence: Evidence, life: Life, receipts: readonly Receipt[]) {
  const program = programOf(evidence, life);
  if (program === undefined || program.newer !== undefined) return;
  const { all, at } = outlineOf(program);
  for (const statement of all) {
    if (statement.kind !== "together") continue;
    for (const [first, second] of competitors(statement.statements)) {
      for (const receipt of receipts) {
        if (at(receipt.path).length !== 1 || at(receipt.path)[0] !== second) continue;
        const path = receipt.path.slice(0, -escapeName(second.name).length) + escapeName(first.name);
        if (!isPassedOver(life, path, { receipt, receipts })) continue;
        const problem = `"${receipt.path}" was served before "${path}", which had asked before it`;
        yield { problem, run: life.run, fact: receipt.commit.fact };
      }
    }
  }
}

type Wait = Extract<Statement, { readonly kind: "next" | "batch" | "listen" }>;

function* competitors(statements: readonly Statement[]): Iterable<readonly [Wait, Wait]> {
  const waits = statements.filter((one): one is Wait => waitedFor(one).length > 0);
  for (const [index, second] of waits.entries()) {
    for (const first of waits.slice(0, index)) {
      const patient = first.kind === "listen" ? /^listenN?$/.test(first.form) : first.timeoutMs === undefined;
      if (patient && waitedFor(second).every((name) => waitedFor(first).includes(name)))
        yield [first, second];
    }
  }
}

function isPassedOver(
  life: Life,
  path: string,
  { receipt, receipts }: { readonly receipt: Receipt; readonly receipts: readonly Receipt[] },
): boolean {
  const { commit, messages, queued } = receipt;
  const before = entryAt(life, path, commit.fact);
  if (before !== null && before.status !== "pending") return false;
  if (entryAt(life, path, commit.fact + 1)?.status === "pending") return true;
  const other = receipts.find((one) => one.commit === commit && one.path === path);
  const placeOf = (id: string | undefined): number => queued.findIndex((one) => one.id === id);
  return other !== undefined && placeOf(messages[0]?.id) < placeOf(other.messages[0]?.id);
}

/**
 * Whether another wait that was open by then, and may have been asked for before, receives the message afterwards: each wait has a read
 * of its own, and what an earlier one has not seen yet is left for it.
 */
function isLeftForAnother(
  life: Life,
  { id }: NewMessage,
  { receipt, receipts }: { readonly receipt: Receipt; readonly receipts: readonly Receipt[] },
): boolean {
  const { commit, path } = receipt;
  const isOpen = (other: Receipt): boolean =>
    other.commit === commit || entryAt(life, other.path, commit.fact + 1)?.status === "pending";
  return receipts.some((one) => one.path !== path && one.messages.some((m) => m.id === id) && isOpen(one));
}

/** Names that the wait asks for, as far as that is certain; null: only those of what it received. */
function namesAt(evidence: Evidence, life: Life, { path }: Receipt): ReadonlySet<string> | null {
  const program = programOf(evidence, life);
  const statements = program === undefined ? [] : outlineOf(program).at(path);
  const [statement] = statements;
  return statements.length === 1 && statement !== undefined ? new Set(waitedFor(statement)) : null;
}

function waitedFor(statement: Statement): readonly string[] {
  if (statement.kind === "listen") return [statement.message];
  return statement.kind === "next" || statement.kind === "batch" ? statement.names : [];
}

/**
 * A message that was queued before one of those received and that nobody had received yet. One that was sent later by the sender's clock
 * may have been too late for a wait whose deadline had passed.
 */
function overtaken(
  receipt: Receipt,
  names: ReadonlySet<string> | null,
  all: readonly Receipt[],
): { readonly by: string; readonly older: NewMessage } | undefined {
  const before = all.filter(
    ({ commit, entry }) => commit === receipt.commit && entry.sequence <= receipt.entry.sequence,
  );
  const takenHere = new Set(before.flatMap(({ messages }) => messages.map(({ id }) => id)));
  const recorded = new Set(
    all
      .filter(({ commit }) => commit === receipt.commit)
      .flatMap(({ messages }) => messages.map(({ id }) => id)),
  );
  // What an iteration received that is over and pruned was received before.
  for (const id of receipt.commit.batch?.consume ?? []) if (!recorded.has(id)) takenHere.add(id);
  for (const message of receipt.messages) {
    for (const older of receipt.queued) {
      if (older.id === message.id) break;
      const wanted = older.name === message.name || names?.has(older.name) === true;
      if (!wanted || takenHere.has(older.id) || older.expiresAt !== null) continue;
      if (older.createdAt <= message.createdAt) return { by: message.id, older };
    }
  }
  return undefined;
}
