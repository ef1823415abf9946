import type { Evidence } from "../evidence/evidence.ts";
import { lifeAt } from "../evidence/lives.ts";
import { outlineOf } from "../evidence/outline.ts";
import { programOf } from "../evidence/programs.ts";
import type { Statement } from "../program/program.ts";
import type { Violation } from "./checker.ts";

/**
 * Waits that received a message while another one of their strand had no answer. Where strands run together in one scope, a wait
 * may have been asked before: such programs are left out.
 */
export function* greedyWaits(evidence: Evidence): Iterable<Violation> {
  const owing = new Map<string, string[]>();
  for (const fact of evidence.facts) {
    if (fact.type !== "received" || fact.messageIds.length === 0) continue;
    const { run, pass, path, n } = fact;
    const life = lifeAt(evidence, run, n);
    const program = life === undefined ? undefined : programOf(evidence, life);
    if (program === undefined || outlineOf(program).all.some(({ kind }) => kind === "together")) continue;
    const identity = JSON.stringify([run, pass]);
    const scopes = owing.get(identity) ?? [];
    owing.set(identity, scopes);
    if (scopes.some((scope) => isOfStrand(scope, path))) {
      const problem = `"${path}" received a message while another one of its strand had no answer`;
      yield { problem, run, fact: n };
    }
    if (forgets(outlineOf(program).at(path))) scopes.push(path.slice(0, path.lastIndexOf("/") + 1));
  }
}

function forgets(statements: readonly Statement[]): boolean {
  const [statement, ...others] = statements;
  return statement !== undefined && others.length === 0 && "forgets" in statement;
}

/** Whether what stands at the path is in the scope or in blocks of it that are no strands of their own: iterations and tries. */
function isOfStrand(scope: string, path: string): boolean {
  return path.startsWith(scope) && !/(?:^|\/)[~[]/.test(path.slice(scope.length));
}
