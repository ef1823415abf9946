import { SegmentType } from "../../history/location.ts";
import { checkFunction } from "../../model/check.ts";
import type { BranchConfig } from "../../model/context.ts";
import { JOIN_BRANCH } from "../../model/context-option-names.ts";
import { describe, describeName } from "../../model/describe.ts";
import { InvalidArgumentError, LimitError } from "../../model/errors/argument-errors.ts";
import { JoinError } from "../../model/errors/block-errors.ts";
import type { MessageBodies } from "../../model/message.ts";
import { checkGiven } from "../../model/option-names.ts";
import { checkNameIn, isRecorded } from "../replay/admitted.ts";
import { type Outcome, openBlock, runFunction } from "../replay/block.ts";
import type { Scope } from "../replay/scope.ts";

type Branch = BranchConfig<MessageBodies, unknown>;

/** Runs named branches in parallel; all settle; failures gather in `JoinError` (I25). */
export function join(
  scope: Scope,
  name: string,
  branches: Readonly<Record<string, Branch>>,
): Promise<unknown> {
  const entries = branchesOf(scope, name, branches);
  return openBlock({ scope, kind: "join", name }, (block) => {
    const outcomes = new Map<string, Outcome>();
    const settled = (): void => {
      if (outcomes.size < entries.length) return;
      const errors = new Map<string, unknown>();
      const values: Record<string, unknown> = {};
      for (const [branch] of entries) {
        const outcome = outcomes.get(branch) as Outcome;
        if (outcome.ok) Object.defineProperty(values, branch, { value: outcome.value, enumerable: true });
        else errors.set(branch, outcome.error);
      }
      if (errors.size > 0) block.fail(new JoinError(name, errors));
      else block.complete(values);
    };
    for (const [branch, config] of entries) {
      const segment = { type: SegmentType.branch, value: scope.run.journal.nameIndex(branch) };
      const inner = scope.open(block.place.child(segment), true);
      void runFunction(inner, (ctx) => config.run(ctx)).then((outcome) => {
        outcomes.set(branch, outcome);
        settled();
      });
    }
    settled();
  });
}

/** @throws InvalidArgumentError, LimitError */
function branchesOf(
  scope: Scope,
  name: string,
  branches: Readonly<Record<string, Branch>>,
): [string, Branch][] {
  const where = `Join ${describeName(name)}`;
  if (typeof branches !== "object" || branches === null || Array.isArray(branches)) {
    throw new InvalidArgumentError(
      `${where}: branches must be an object of { run } by name; got ${describe(branches)}.`,
    );
  }
  const entries = Object.entries(branches);
  checkBranchCount(scope, { kind: "Join", name }, entries.length);
  for (const [branch, config] of entries) {
    checkNameIn(scope.run, branch, `${where}: the name of a branch`);
    if (branch === "__proto__") {
      throw new InvalidArgumentError(
        `${where}: a branch cannot be named "__proto__", because results are an object by branch name.`,
      );
    }
    checkGiven(config, () => `${where}: branch ${describeName(branch)}`, JOIN_BRANCH);
    checkFunction(config.run, `${where}: branch ${describeName(branch)}: run`);
  }
  return entries;
}

/** @throws LimitError */
export function checkBranchCount(
  scope: Scope,
  { kind, name }: { kind: "Join" | "Race"; name: string },
  count: number,
): void {
  const maximum = scope.run.limits.branches;
  if (count <= maximum || isRecorded(scope, name)) return;
  throw new LimitError({
    limit: "branches",
    maximum,
    actual: count,
    where: `${kind} ${describeName(name)}`,
    remedy: "Use ctx.map, or raise the limit.",
  });
}
