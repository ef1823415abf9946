import { FIRST_STATE, nextStateOf } from "../program/loop-state.ts";
import type { LoopStatement } from "../program/program.ts";
import { type End, listText, objectText, value } from "./end.ts";
import type { Interpreting } from "./interpreting.ts";
import { blockEnd, entryEnd, resultText } from "./operations.ts";
import { ScopePlace } from "./place.ts";

/** A loop that has kept all of its iterations is followed from the first; of others only the end is known. */
export function endOfLoop(
  interpreter: Interpreting,
  loop: LoopStatement,
  { scope, at }: { readonly scope: ScopePlace; readonly at: number },
): End {
  const path = scope.named(loop.name);
  const entry = interpreter.recorded.entry(path);
  const { life } = interpreter.recorded;
  const begunAnew = life.commits.some(({ resets }) => resets) || (life.commits[0]?.entries.length ?? 0) > 0;
  if ((entry?.count ?? 0) > loop.historySize || begunAnew) return entryEnd(interpreter, path, resultText);
  return blockEnd(interpreter, path, iterate(interpreter, loop, { path, at }));
}

function iterate(
  interpreter: Interpreting,
  loop: LoopStatement,
  begin: { readonly path: string; readonly at: number },
): End {
  let { at } = begin;
  let state = FIRST_STATE;
  for (;;) {
    const scope = new ScopePlace(`${begin.path}/#${state.count}`);
    if (!loop.stateful) {
      const position = entryEnd(interpreter, scope.named("?"), resultText);
      if (position === null || !position.ok) return position;
      at = Math.max(at, position.at);
    }
    if (state.count >= loop.times)
      return value(endText(loop.stateful ? state : { ...state, sum: "" }, [], false), at);
    const end = interpreter.functionEnd(loop.body, scope, { at });
    if (end === null || !end.ok) return end;
    // Without a state nothing is handed on but the iteration's number.
    state = nextStateOf(loop.stateful ? state : { ...state, sum: "" }, listText(end.values));
    at = end.at;
    if (end.broke || state.count >= loop.times) return value(endText(state, end.values, end.broke), at);
  }
}

function endText(
  { count, sum }: { readonly count: number; readonly sum: string },
  values: readonly string[],
  broke: boolean,
): string {
  const texts = { iterations: String(count), broke: String(broke), values: listText(values) };
  return objectText({ ...texts, sum: JSON.stringify(sum) });
}
