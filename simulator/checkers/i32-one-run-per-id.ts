import { KeySpace } from "#holdfast/history/key.ts";
import { defaultCodec } from "#holdfast/history/payload.ts";
import { callsOf } from "../evidence/calls.ts";
import { type Life, livesOf, livesOfRun } from "../evidence/lives.ts";
import { canonicalText } from "../program/canonical.ts";
import { checkerOf } from "./checker-of.ts";

export const oneRunPerId = checkerOf(
  "I32",
  "an id is one run: the same start finds it, another one is a conflict",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      const again = livesOfRun(evidence, life.run).find(({ number }) => number === life.number + 1);
      if (again !== undefined && again.from < life.to)
        yield { problem: "the run was created while it was there", run: life.run, fact: again.from };
    }
    for (const { began, ended } of callsOf(evidence)) {
      const { what, run, n } = began;
      if (what.api !== "start" || ended === null) continue;
      const at = { run, fact: ended.n };
      const there = livesOfRun(evidence, run).filter(({ from, to }) => from < ended.n && to > n);
      const { bare } = evidence.scenario;
      const same = there.some((life) => isSame(life, what) || (bare !== undefined && isUnborn(life)));
      if (ended.outcome.ok && !same)
        yield { problem: "a start was acknowledged, and the run is another or is not there", ...at };
      const conflict = !ended.outcome.ok && ended.outcome.code === "WORKFLOW_CONFLICT";
      if (conflict && there.every((life) => isSame(life, what)))
        yield { problem: "a start was a conflict, and the run is the same", ...at };
    }
  },
);

function isSame(life: Life, what: { readonly workflowName: string; readonly input: string }): boolean {
  if (life.created.workflowName !== what.workflowName) return false;
  const input = life.singles.get(KeySpace.input);
  return input !== undefined && canonicalText(defaultCodec.decode(input)) === what.input;
}

/** A bare run that is cancelled while its input is still being made has none. */
function isUnborn({ commits, singles }: Life): boolean {
  return !singles.has(KeySpace.input) && commits[0]?.record.status === "cancelled";
}
