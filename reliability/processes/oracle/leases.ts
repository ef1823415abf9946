import type { LedgerRecord, RecordOf } from "../ledger/ledger-record.ts";
import { type Evidence, groupBy } from "./evidence.ts";
import type { Violation } from "./violation.ts";

/** I13: nobody gets a claim while another's lease lasts, by the store's clock, unless it was given up. */
export function judgeLeases(evidence: Evidence): Violation[] {
  const violations: Violation[] = [];
  const lastWord = new Map(evidence.records.map(({ process, at }) => [process, at]));
  for (const [run, records] of groupBy(evidence.of("claim", "renew", "release", "commit"), ({ run }) => [
    run,
  ])) {
    const inOrder = [...records].sort((a, b) => instantOf(a) - instantOf(b));
    violations.push(...new LeaseWatch(JSON.parse(run)[0], lastWord).judge(inOrder));
  }
  return violations;
}

/** A commit gives its claim up before its holder hears of it: at the earliest when it is asked for. */
function instantOf(record: RecordOf<"claim" | "renew" | "release" | "commit">): number {
  return record.type === "commit" ? record.askedAt : record.at;
}

/** The leases of one run, one after the other. */
class LeaseWatch {
  readonly #run: string;
  readonly #lastWord: ReadonlyMap<string, number>;
  #holder: { readonly process: string; readonly epoch: number; until: number } | null = null;

  constructor(run: string, lastWord: ReadonlyMap<string, number>) {
    this.#run = run;
    this.#lastWord = lastWord;
  }

  judge(records: readonly RecordOf<"claim" | "renew" | "release" | "commit">[]): Violation[] {
    return records.flatMap((record) => {
      const found = record.type === "claim" && !record.forced ? this.#intrusion(record) : [];
      this.#follow(record);
      return found;
    });
  }

  #intrusion(claim: RecordOf<"claim">): Violation[] {
    const holder = this.#holder;
    if (holder === null || claim.epoch <= holder.epoch || claim.wall >= holder.until) return [];
    // One that was killed may have given the claim up by a commit that nobody has heard of.
    if ((this.#lastWord.get(holder.process) ?? 0) <= claim.at) return [];
    const problem = `${claim.process} got epoch ${claim.epoch} ${holder.until - claim.wall} ms before the lease of ${holder.process} ended`;
    return [{ invariant: "I13", run: this.#run, problem }];
  }

  #follow(record: LedgerRecord & { readonly epoch: number }): void {
    if (record.type === "claim") {
      const until = record.askedWall + record.leaseMs;
      this.#holder = { process: record.process, epoch: record.epoch, until };
      return;
    }
    const holder = this.#holder;
    if (holder === null || holder.epoch !== record.epoch) return;
    if (record.type === "renew") holder.until = Math.max(holder.until, record.askedWall + record.leaseMs);
    if (record.type === "release" || (record.type === "commit" && !record.keeps)) this.#holder = null;
  }
}
