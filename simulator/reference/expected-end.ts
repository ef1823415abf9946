import type { Evidence } from "../evidence/evidence.ts";
import type { Commit, Life } from "../evidence/lives.ts";
import type { Program } from "../program/program.ts";
import { type End, Undecided } from "./end.ts";
import { Interpreter } from "./interpreter.ts";
import { ScopePlace } from "./place.ts";
import { Recorded } from "./recorded.ts";
import { stepResults } from "./step-results.ts";

/** How a run has to end, by its program and by what its history had decided when its code ended. */
export interface ExpectedEnd {
  /** "undecided": what is recorded does not say. */
  readonly end: End | "undecided";
  /** What is recorded inside and does not follow from the program, in words. */
  readonly problems: readonly string[];
  /** Whether functions may have returned while something of theirs ran, and nobody can tell. */
  readonly unsure: boolean;
}

export function expectedEnd(
  evidence: Evidence,
  life: Life,
  {
    program,
    version,
    commit,
  }: { readonly program: Program; readonly version: number; readonly commit: Commit },
): ExpectedEnd {
  const interpreter = new Interpreter(new Recorded(evidence, life, commit), stepResults(evidence, life));
  const body = version === 2 ? (program.newer ?? program.body) : program.body;
  const { problems } = interpreter;
  let end: ExpectedEnd["end"];
  try {
    end = interpreter.values(body, new ScopePlace(""), { at: 0 });
  } catch (error) {
    if (!(error instanceof Undecided)) throw error;
    end = "undecided";
  }
  return { end, problems, unsure: interpreter.unsure };
}
