import { escapeName } from "#holdfast/history/location.ts";
import { defaultCodec } from "#holdfast/history/payload.ts";
import { JoinError, MapError, RaceError } from "#holdfast/model/errors/block-errors.ts";
import type { Block, Branch, MapStatement, StatementOf } from "../program/program.ts";
import { visitStatements } from "../program/walk.ts";
import { type End, type Failure, listText, objectText, Undecided, value } from "./end.ts";
import type { Interpreting } from "./interpreting.ts";
import { blockEnd } from "./operations.ts";
import { ScopePlace } from "./place.ts";

interface At {
  readonly scope: ScopePlace;
  readonly at: number;
}

function branchEnd(
  interpreter: Interpreting,
  path: string,
  { branch, at }: { branch: Branch; at: number },
): End {
  const inside = new ScopePlace(`${path}/~${escapeName(branch.name)}`);
  return interpreter.values(branch.body, inside, { at });
}

export function endOfJoin(interpreter: Interpreting, join: StatementOf<"join">, { scope, at }: At): End {
  const path = scope.named(join.name);
  // As an object has them: names that are numbers come first.
  const branches = Object.values(Object.fromEntries(join.branches.map((branch) => [branch.name, branch])));
  if (branches.some(({ name }) => name === "__proto__")) throw new Undecided("a branch that is refused");
  const ends = branches.map((branch) => branchEnd(interpreter, path, { branch, at }));
  return blockEnd(interpreter, path, joined(join.name, branches, { ends, at }));
}

function joined(
  name: string,
  branches: readonly Branch[],
  { ends, at }: { readonly ends: readonly End[]; readonly at: number },
): End {
  const texts: Record<string, string> = {};
  const errors = new Map<string, unknown>();
  let last = at;
  for (const [index, end] of ends.entries()) {
    const branch = branches[index] as Branch;
    if (end === null) return null;
    if (end.ok) texts[branch.name] = end.text;
    else errors.set(branch.name, end.error);
    last = Math.max(last, end.at);
  }
  if (errors.size === 0) return value(objectText(texts), last);
  return { ok: false, error: new JoinError(name, errors), origin: "join", at: last };
}

/** Of a decided race only the winner's history is sure to be there. */
export function endOfRace(interpreter: Interpreting, race: StatementOf<"race">, { scope, at }: At): End {
  const path = scope.named(race.name);
  const entry = interpreter.recorded.entry(path);
  if (entry === null || entry.status === "pending") return null;
  if (entry.status === "completed") {
    const { winner } = defaultCodec.decode(entry.result ?? new Uint8Array(0)) as { readonly winner: string };
    const branch = race.branches.find(({ name }) => name === winner);
    const end = branch === undefined ? null : branchEnd(interpreter, path, { branch, at });
    if (end === null || !end.ok) return blockEnd(interpreter, path, end);
    const text = objectText({ winner: JSON.stringify(winner), value: end.text });
    return blockEnd(interpreter, path, value(text, end.at));
  }
  const ends = race.branches.map((branch) => branchEnd(interpreter, path, { branch, at }));
  const failures = ends.filter((end): end is Failure => end !== null && !end.ok);
  if (failures.length < ends.length) return blockEnd(interpreter, path, null);
  const errors = failures.map(({ error }, i) => ({ name: race.branches[i]?.name ?? "", error }));
  const error = new RaceError(race.name, errors);
  const last = Math.max(at, ...failures.map((failure) => failure.at));
  return blockEnd(interpreter, path, { ok: false, error, origin: "race", at: last });
}

export function endOfMap(interpreter: Interpreting, map: MapStatement, { scope, at }: At): End {
  const path = scope.named(map.name);
  const ends = Array.from({ length: map.items }, (_, index) => {
    const end = interpreter.values(map.body, new ScopePlace(`${path}/[${index}]`), { at });
    return end === null ? null : { ...end, index };
  }).filter((end) => end !== null);
  ends.sort((a, b) => a.at - b.at || a.index - b.index);
  const counts = hasPolicy(map) || ends.some((end) => !end.ok);
  if (counts && waitsForItsOwn(map.body))
    throw new Undecided("items that come to their results, or to their ends, by promises of their own");
  // Items that end without waiting do so in the order of microtasks, and not all of them need have begun.
  if (ends.some((end, i) => end.at === ends[i - 1]?.at || end.at === at) && map.items > 1 && hasPolicy(map))
    throw new Undecided("items that end in one turn");
  return blockEnd(interpreter, path, decided(map, ends, at));
}

/** Each replay begins such waits anew, and what is not recorded yet may then come in another order than without it. */
function waitsForItsOwn(body: Block): boolean {
  let waits = false;
  visitStatements(body, ({ kind }) => {
    waits ||= kind === "own";
  });
  return waits;
}

function hasPolicy(map: MapStatement): boolean {
  return (
    map.minSuccessful !== undefined || map.toleratedFailures !== undefined || map.concurrency < map.items
  );
}

/** Items that ended, in the order in which they did, until the policy is met or missed. */
function decided(
  { name, items, minSuccessful, toleratedFailures }: MapStatement,
  ends: readonly (Exclude<End, null> & { readonly index: number })[],
  begin: number,
): End {
  const possible = items - (minSuccessful ?? 0);
  const tolerated = toleratedFailures ?? (minSuccessful === undefined ? 0 : possible);
  const texts: string[] = new Array<string>(items).fill("undefined");
  const errors: { index: number; error: unknown }[] = [];
  let succeeded = 0;
  const verdict = (at: number): End => {
    if (minSuccessful !== undefined && succeeded >= minSuccessful) return value(listText(texts), at);
    if (errors.length > Math.min(tolerated, possible)) {
      const isPossible = errors.length <= possible;
      const policy = isPossible ? `at most ${tolerated} failures` : `at least ${minSuccessful} successes`;
      errors.sort((a, b) => a.index - b.index);
      return { ok: false, error: new MapError(name, errors, succeeded, policy), origin: "map", at };
    }
    return succeeded + errors.length === items ? value(listText(texts), at) : null;
  };
  let end = verdict(begin);
  for (const item of ends) {
    if (end !== null) break;
    if (item.ok) {
      succeeded++;
      texts[item.index] = item.text;
    } else errors.push({ index: item.index, error: item.error });
    end = verdict(item.at);
  }
  return end;
}
