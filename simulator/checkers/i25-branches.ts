import type { Entry } from "#holdfast/history/entry.ts";
import { escapeName } from "#holdfast/history/location.ts";
import { defaultCodec } from "#holdfast/history/payload.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { undisputedHoldingOf } from "../evidence/holdings.ts";
import { type Commit, commitBefore, entryAt, type Life, lifeAt, livesOf } from "../evidence/lives.ts";
import { outlineOf } from "../evidence/outline.ts";
import { blocksAround } from "../evidence/paths.ts";
import { programOf } from "../evidence/programs.ts";
import { type Start, startsOf } from "../evidence/starts.ts";
import { checkerOf } from "./checker-of.ts";

export const branches = checkerOf(
  "I25",
  "a join ends when its branches have; a race has one winner, its losers are told to stop and their results are not seen",
  function* (evidence) {
    const starts = Map.groupBy(startsOf(evidence), ({ life }) => life);
    for (const life of livesOf(evidence)) {
      yield* crowds(evidence, life, starts.get(life) ?? []);
      const decided = new Map<string, { readonly winner: string; readonly commit: Commit }>();
      for (const commit of life.commits) {
        const at = { run: life.run, fact: commit.fact };
        if (commit.resets || commit.batch === null) continue;
        for (const { path, before, after } of commit.entries) {
          if (after?.status !== "completed" || (before !== null && before.status !== "pending")) continue;
          // Other code may have taken out what ran.
          if (after.kind === "join" && programOf(evidence, life)?.newer === undefined) {
            const open = openStep(life, path, commit.fact);
            if (open !== null) yield { problem: `the join "${path}" ended while "${open}" ran`, ...at };
          }
          if (after.kind !== "race") continue;
          const winner = winnerOf(after.result);
          decided.set(path, { winner, commit });
          for (const { began } of untold(starts.get(life) ?? [], { path, winner, commit })) {
            const problem = `"${began.path}" lost its race and was not told to stop (start ${began.start})`;
            yield { problem, ...at };
          }
        }
      }
      yield* seenOfLosers(evidence, life, decided);
    }
  },
);

/** Maps with bodies of more items at once than they may have. */
function* crowds(evidence: Evidence, life: Life, starts: readonly Start[]) {
  const program = programOf(evidence, life);
  if (program === undefined) return;
  const running = new Map<string, Map<string, Start>>();
  for (const start of starts) {
    const { role, path, n, run } = start.began;
    const [, block = "", item = ""] = /^(.+)\/\[(\d+)\]\/[^[\]]+$/.exec(path) ?? [];
    const most = outlineOf(program)
      .at(block)
      .map((one) => (one.kind === "map" ? one.concurrency : 0));
    const concurrency = Math.max(0, ...most);
    if (role !== "body" || concurrency === 0) continue;
    const key = `${block} ${start.holding.epoch}`;
    const items = running.get(key) ?? new Map<string, Start>();
    running.set(key, items);
    for (const [other, { ended, aborted }] of items)
      if ((ended?.n ?? n) < n || (aborted?.n ?? n) < n) items.delete(other);
    items.set(item, start);
    if (items.size > concurrency)
      yield { problem: `${items.size} items of "${block}" ran at once, of ${concurrency}`, run, fact: n };
  }
}

function winnerOf(result: Uint8Array | null): string {
  const value = defaultCodec.decode(result ?? new Uint8Array(0)) as { readonly winner?: unknown };
  return typeof value?.winner === "string" ? value.winner : "";
}

/** A step of the block that had not ended; what a block inside has left behind is a matter of that block. */
function openStep(life: Life, path: string, fact: number): string | null {
  for (const inside of life.versions.keys()) {
    if (!inside.startsWith(`${path}/`)) continue;
    const entry = entryAt(life, inside, fact + 1);
    if (entry?.kind !== "step" || entry.status !== "pending") continue;
    const between = blocksAround(inside).filter((block) => block.length > path.length);
    if (!between.some((block) => isSettled(entryAt(life, block, fact + 1)))) return inside;
  }
  return null;
}

function isSettled(entry: Entry | null): boolean {
  return entry !== null && entry.status !== "pending";
}

/** Bodies in losing branches that were running, and whose signal was not aborted when the winner was committed. */
function untold(
  starts: readonly Start[],
  { path, winner, commit }: { path: string; winner: string; commit: Commit },
): readonly Start[] {
  return starts.filter(({ began, ended, aborted, holding }) => {
    if (began.role !== "body" || began.n > commit.fact || !isLoser(began.path, path, winner)) return false;
    if (holding.epoch !== commit.batch?.epoch) return false;
    const over = Math.min(ended?.n ?? Number.POSITIVE_INFINITY, aborted?.n ?? Number.POSITIVE_INFINITY);
    return over > commit.fact;
  });
}

function isLoser(path: string, race: string, winner: string): boolean {
  if (!path.startsWith(`${race}/~`)) return false;
  return path.slice(race.length + 1).split("/")[0] !== `~${escapeName(winner)}`;
}

/** A rollback enters the losers again, to collect their handlers: what it sees there is no result. */
function* seenOfLosers(
  evidence: Evidence,
  life: Life,
  decided: ReadonlyMap<string, { readonly winner: string; readonly commit: Commit }>,
) {
  if (decided.size === 0) return;
  for (const fact of evidence.facts) {
    if (fact.type !== "seen" || fact.run !== life.run || lifeAt(evidence, fact.run, fact.n) !== life)
      continue;
    // What is drawn waits for nothing, so code that had a promise of its own to wait for may draw after it was left.
    if (fact.operation === "draw" || undisputedHoldingOf(evidence, fact) === null) continue;
    for (const [path, { winner, commit }] of decided) {
      if (fact.n < commit.fact || !isLoser(fact.path, path, winner)) continue;
      const last = commitBefore(life, fact.n);
      const undone = entryAt(life, path, fact.n)?.status !== "completed";
      if (undone || last === undefined || last.header?.rollback !== "none") continue;
      const problem = `"${fact.path}" was seen after "${winner}" had won the race "${path}"`;
      yield { problem, run: life.run, fact: fact.n };
    }
  }
}
