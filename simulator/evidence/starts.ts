import type { FactOf } from "./fact-of.ts";
import { type Holding, holdingOfPass } from "./holdings.ts";
import type { Life } from "./lives.ts";
import { memo } from "./memo.ts";

/** One start of a step's body or handler. */
export interface Start {
  readonly began: FactOf<"body-started">;
  /** Null: it never ended, or its process died first. */
  readonly ended: FactOf<"body-ended"> | null;
  readonly aborted: FactOf<"body-aborted"> | null;
  /** The newest claim of its process. */
  readonly holding: Holding;
  readonly life: Life;
  /**
   * Whether its process held the run when it began. One that was robbed by an operator, or whose run was deleted, may not know
   * it yet: then its bodies go on until its next look at the storage, or the end of its lease.
   */
  readonly held: boolean;
}

/** All starts of bodies and handlers, in order; those of processes that never had a claim are left out (I12 tells of them). */
export const startsOf = memo((evidence): readonly Start[] => {
  const ends = new Map<number, FactOf<"body-ended">>();
  const aborts = new Map<number, FactOf<"body-aborted">>();
  for (const fact of evidence.facts) {
    if (fact.type === "body-ended") ends.set(fact.start, fact);
    if (fact.type === "body-aborted") aborts.set(fact.start, fact);
  }
  const starts: Start[] = [];
  for (const began of evidence.facts) {
    if (began.type !== "body-started") continue;
    const holding = holdingOfPass(evidence, began);
    if (holding === undefined) continue;
    const { life, taken, givenUp } = holding;
    const ended = ends.get(began.start) ?? null;
    const aborted = aborts.get(began.start) ?? null;
    const held = began.n < taken && began.n < givenUp && began.n < life.to;
    starts.push({ began, ended, aborted, holding, life, held });
  }
  return starts;
});

/** Starts at the same path of the same life, in the order of paths' first starts. */
export const startsByPlace = memo((evidence): readonly (readonly Start[])[] => {
  const places = Map.groupBy(
    startsOf(evidence),
    ({ began, life }) => `${life.number} ${began.role} ${JSON.stringify([began.run, began.path])}`,
  );
  return [...places.values()];
});
