import type { Outcome } from "../report/tally.ts";
import type { Mutated } from "./damage.ts";
import { type Standing, UNREADABLE } from "./standing.ts";

/** A run that was damaged, beside what it would have been. */
export interface Judged {
  readonly mutated: Mutated;
  readonly found: Standing;
  readonly expected: Standing;
  /** How often it was claimed, and would have been. */
  readonly claims: { readonly found: number; readonly expected: number };
}

export interface Judgement {
  readonly outcome: Outcome;
  readonly problem: string | null;
}

/** Claims beyond those of a sound run before it is going round in circles: one to find the damage, one to look again. */
const SPARE_CLAIMS = 2;
/** What a run is found by: without it there is no such run, and nobody can tell that there was. */
const FOUND_BY = /^runs\.(\*|workflowId|workflow_id)$/;

const bug = (problem: string): Judgement => ({ outcome: "BUG", problem });
const fine = (outcome: Outcome): Judgement => ({ outcome, problem: null });

/** The same result, or a typed corruption and a run that is held after one attempt: everything else is a bug. */
export function judge({ mutated, found, expected, claims }: Judged): Judgement {
  if (found.untyped.length > 0) return bug(`an error without a type: ${found.untyped[0]}`);
  if (claims.found > claims.expected + SPARE_CLAIMS) return bug(`claimed ${claims.found} times`);
  if (found.state === null) {
    return FOUND_BY.test(mutated.place) ? fine("gone") : bug("the run is gone");
  }
  if (found.state === expected.state && found.end === expected.end) {
    return found.bodies === expected.bodies
      ? fine("same")
      : bug(`other bodies ran: ${found.bodies}; expected: ${expected.bodies}`);
  }
  if (found.corruption === null)
    return bug(`it is ${found.state} with ${found.end}; expected: ${expected.end}`);
  if (!isPart(found.bodies, expected.bodies)) return bug(`bodies ran that should not: ${found.bodies}`);
  if (found.state === "paused" || found.state === UNREADABLE) return fine("held");
  return found.state === expected.state
    ? fine("told")
    : bug(`it tells of a corruption and is ${found.state}`);
}

/** A run that was held and mended has to end as if nothing had been. */
export function judgeMended(found: Standing, expected: Standing): string | null {
  if (found.state !== expected.state || found.end !== expected.end) {
    return `mended, it is ${found.state} with ${found.end}; expected: ${expected.end}`;
  }
  if (found.bodies !== expected.bodies) return `mended, it ran ${found.bodies}; expected: ${expected.bodies}`;
  return found.untyped[0] === undefined ? null : `mended, it threw ${found.untyped[0]}`;
}

function isPart(some: string, all: string): boolean {
  const left = all.split(", ");
  return some.split(", ").every((name) => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return name === "" || at >= 0;
  });
}
