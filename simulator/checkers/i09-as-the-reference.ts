import { decodeFailure } from "#holdfast/history/failure.ts";
import { KeySpace } from "#holdfast/history/key.ts";
import { defaultCodec } from "#holdfast/history/payload.ts";
import { decodeRunFailure } from "#holdfast/history/run-failure.ts";
import { LimitError } from "#holdfast/model/errors/argument-errors.ts";
import { HoldfastError } from "#holdfast/model/errors/holdfast-error.ts";
import { DEFAULT_LIMITS } from "#holdfast/model/limits.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { limitsOf } from "../evidence/limits.ts";
import { type Commit, type Life, livesOf } from "../evidence/lives.ts";
import { programOf, versionsOfLife } from "../evidence/programs.ts";
import { canonicalText } from "../program/canonical.ts";
import { expectedEnd } from "../reference/expected-end.ts";
import { storedErrorText } from "../reference/operations.ts";
import { checkerOf } from "./checker-of.ts";

/** The code of the failure of a function that returned while a step of its own still ran. */
const IN_PROGRESS = "ENTRY_IN_PROGRESS";

export const asTheReference = checkerOf(
  "I9",
  "a run ends as its program says, given what its history decided: results, messages, winners and timeouts",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      const commit = endOfCode(life);
      const program = programOf(evidence, life);
      const versions = versionsOfLife(evidence, life);
      const [version] = versions;
      if (commit === undefined || program === undefined || version === undefined) continue;
      // A fork may have been given results of another version.
      const copied = (life.commits[0]?.entries.length ?? 0) > 0 && program.newer !== undefined;
      if (versions.size > 1 || copied || commit.fact > life.damagedAt) continue;
      const found = foundEnd(commit);
      // Its time was over, or its output is too large: that is no matter of its history.
      if (found.limit === "runTimeMs" || (found.limit === "payloadBytes" && isSmall(evidence))) continue;
      const { end, problems: all, unsure } = expectedEnd(evidence, life, { program, version, commit });
      const ofTurns = (problem: string): boolean => problem.includes(IN_PROGRESS);
      const problems = unsure ? all.filter((problem) => !ofTurns(problem)) : all;
      const at = { run: life.run, fact: commit.fact };
      for (const problem of problems) yield { problem, ...at };
      if (end === "undecided" || problems.length > 0) continue;
      if (unsure && found.code === IN_PROGRESS) continue;
      const expected =
        end === null ? "not at all" : end.ok ? end.text : `with the failure ${storedErrorText(end.error)}`;
      if (expected !== found.text)
        yield { problem: `the run ended ${found.text}, and by its program ${expected}`, ...at };
    }
  },
);

function isSmall(evidence: Evidence): boolean {
  return limitsOf(evidence).payloadBytes < DEFAULT_LIMITS.payloadBytes;
}

/** The last commit with which the code of the run ended, by its own doing. */
function endOfCode(life: Life): Commit | undefined {
  const last = life.commits.findLast(
    ({ singles }) => singles.has(KeySpace.output) || singles.has(KeySpace.error),
  );
  if (last === undefined || last.resets || last.header?.rollback === "cancel") return undefined;
  const begins = last.record.status === "rolling_back" && last.previous?.rollback === "none";
  const ends = last.record.status === "completed" || last.record.status === "failed";
  return begins || (ends && last.previous?.rollback === "none") ? last : undefined;
}

interface Found {
  readonly text: string;
  readonly code: string | null;
  /** The limit that the run failed for. */
  readonly limit: string | null;
}

function foundEnd({ singles }: Commit): Found {
  const output = singles.get(KeySpace.output);
  if (output != null) return { text: canonicalText(defaultCodec.decode(output)), code: null, limit: null };
  const row = singles.get(KeySpace.error);
  const error = row == null ? undefined : decodeFailure(decodeRunFailure(row).failure);
  const code = HoldfastError.is(error) ? error.code : null;
  const limit = LimitError.is(error) ? error.limit : null;
  return { text: `with the failure ${canonicalText(error)}`, code, limit };
}
