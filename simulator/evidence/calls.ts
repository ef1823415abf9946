import type { ApiCall } from "./fact.ts";
import type { FactOf } from "./fact-of.ts";
import { memo } from "./memo.ts";

/** One call of the public API. */
export interface Call {
  readonly began: FactOf<"called">;
  /** Null: the world ended, or its process died, before an answer came. */
  readonly ended: FactOf<"call-ended"> | null;
}

export const callsOf = memo(({ facts }): readonly Call[] => {
  const ends = new Map<number, FactOf<"call-ended">>();
  for (const fact of facts) if (fact.type === "call-ended") ends.set(fact.call, fact);
  const calls: Call[] = [];
  for (const began of facts) {
    if (began.type === "called") calls.push({ began, ended: ends.get(began.call) ?? null });
  }
  return calls;
});

/** Calls of one kind about one run that began before fact `n`. */
export function callsBefore(
  evidence: Parameters<typeof callsOf>[0],
  at: { readonly run: string; readonly n: number; readonly apis: readonly ApiCall["api"][] },
): readonly Call[] {
  return callsOf(evidence).filter(
    ({ began }) => began.run === at.run && began.n < at.n && at.apis.includes(began.what.api),
  );
}
