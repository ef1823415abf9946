import type { Fact } from "../evidence/fact.ts";
import { tellsOfLimit } from "../evidence/limits.ts";

/** How often each fault met each kind of operation, as "operation × fault". */
export type Coverage = Record<string, number>;

/**
 * Counts which operations of workflow code the faults met. A fault of a call about a run counts for the operations around it: the
 * last one whose result the code saw before, or whose body started, and the next one.
 */
export function coverageOf(facts: readonly Fact[]): Coverage {
  const coverage: Coverage = {};
  const last = new Map<string, string>();
  const open = new Map<string, string[]>();
  const count = (operation: string, fault: string): void => {
    const pair = `${operation} × ${fault}`;
    coverage[pair] = (coverage[pair] ?? 0) + 1;
  };
  for (const fact of facts) {
    const operation = operationOf(fact);
    if (operation !== null) {
      for (const fault of open.get(operation.run) ?? []) count(operation.kind, fault);
      if (fact.type === "seen" && tellsOfLimit(fact.outcome)) count(operation.kind, "limit");
      open.delete(operation.run);
      last.set(operation.run, operation.kind);
    }
    if (fact.type !== "fault" || fact.run === null) continue;
    const before = last.get(fact.run);
    if (before !== undefined) count(before, fact.fault);
    open.set(fact.run, [...(open.get(fact.run) ?? []), fact.fault]);
  }
  return coverage;
}

function operationOf(fact: Fact): { readonly run: string; readonly kind: string } | null {
  if (fact.type === "seen") return { run: fact.run, kind: fact.operation };
  if (fact.type !== "body-started") return null;
  return { run: fact.run, kind: fact.role === "handler" ? "handler" : "step" };
}

export function addCoverage(sum: Coverage, more: Coverage): void {
  for (const [pair, times] of Object.entries(more)) sum[pair] = (sum[pair] ?? 0) + times;
}
