import { SegmentType } from "../../history/location.ts";
import { checkFunction } from "../../model/check.ts";
import type { RaceBranch, RaceResult } from "../../model/context.ts";
import { RACE_BRANCH } from "../../model/context-option-names.ts";
import { describe, describeName } from "../../model/describe.ts";
import { DuplicateNameError, InvalidArgumentError } from "../../model/errors/argument-errors.ts";
import { RaceError } from "../../model/errors/block-errors.ts";
import { BranchAbandonedError } from "../../model/errors/run-errors.ts";
import type { MessageBodies } from "../../model/message.ts";
import { checkGiven } from "../../model/option-names.ts";
import { checkNameIn } from "../replay/admitted.ts";
import { holdsArmed, openBlock, runFunction } from "../replay/block.ts";
import type { Scope } from "../replay/scope.ts";
import { checkBranchCount } from "./join.ts";

type Branch<Value> = RaceBranch<MessageBodies, Value>;

/** First success wins and is recorded; losers are told by their signal and left behind; all failed: `RaceError`. */
export function race<Value>(
  scope: Scope,
  name: string,
  branches: readonly Branch<Value>[],
): Promise<RaceResult<Value>> {
  checkBranches(scope, name, branches);
  return openBlock<RaceResult<Value>>({ scope, kind: "race", name }, (block) => {
    const errors: { index: number; name: string; error: unknown }[] = [];
    const runners: Scope[] = [];
    let decided = false;
    for (const [index, branch] of branches.entries()) {
      const segment = { type: SegmentType.branch, value: scope.run.journal.nameIndex(branch.name) };
      const inner = scope.open(block.place.child(segment), true);
      runners.push(inner);
      void runFunction(inner, (ctx) => branch.run(ctx)).then((outcome) => {
        if (decided || block.collecting) return;
        if (outcome.ok) {
          decided = true;
          const losers = runners.filter((runner) => runner !== inner);
          const reason = new BranchAbandonedError(`Branch "${branch.name}" won race "${name}".`);
          for (const loser of losers) loser.close(reason);
          const recorded = (): void => forgetLosers(losers);
          block.complete({ winner: branch.name, value: outcome.value }, { recorded });
          return;
        }
        errors.push({ index, name: branch.name, error: outcome.error });
        if (errors.length === branches.length) {
          decided = true;
          errors.sort((a, b) => a.index - b.index);
          block.fail(
            new RaceError(
              name,
              errors.map(({ name: branchName, error }) => ({ name: branchName, error })),
            ),
          );
        }
      });
    }
    if (branches.length === 0) block.fail(new RaceError(name, []));
  });
}

/** A loser's history goes with the commit that records the winner, unless it holds an armed handler (ARCHITECTURE 5). */
function forgetLosers(losers: readonly Scope[]): void {
  for (const { place, run } of losers) if (!holdsArmed(place)) run.journal.remove(place);
}

/** @throws InvalidArgumentError, LimitError, DuplicateNameError */
function checkBranches(scope: Scope, name: string, branches: readonly Branch<unknown>[]): void {
  const where = `Race ${describeName(name)}`;
  if (!Array.isArray(branches)) {
    throw new InvalidArgumentError(
      `${where}: branches must be an array of { name, run }; got ${describe(branches)}.`,
    );
  }
  checkBranchCount(scope, { kind: "Race", name }, branches.length);
  const names = new Set<string>();
  for (const [index, branch] of (branches as readonly Branch<unknown>[]).entries()) {
    checkGiven(branch, () => `${where}: branch ${index}`, RACE_BRANCH);
    checkNameIn(scope.run, branch.name, `${where}: the name of a branch`);
    checkFunction(branch.run, `${where}: branch ${describeName(branch.name)}: run`);
    if (names.has(branch.name)) {
      throw new DuplicateNameError(
        `${where} has two branches named ${describe(branch.name)}; give each a name of its own.`,
      );
    }
    names.add(branch.name);
  }
}
