import { EntryInProgressError, FailureUnawaitedError } from "#holdfast/model/errors/history-errors.ts";
import { caughtValue, keptText } from "../program/block-values.ts";
import { canonicalText } from "../program/canonical.ts";
import type { Block, Statement, StatementOf } from "../program/program.ts";
import { namedThrow } from "../program/throws.ts";
import { type End, type Failure, listText, objectText, Undecided, value } from "./end.ts";
import { endOfJoin, endOfMap, endOfRace } from "./fan-out.ts";
import type { Beginning, BlockEnd, Interpreting, Standing, Steps } from "./interpreting.ts";
import { endOfLeft } from "./left.ts";
import { endOfLoop } from "./loops.ts";
import { endOfBatch, endOfListen, endOfNext, endOfSend } from "./messages.ts";
import { endOfStep, entryEnd } from "./operations.ts";
import type { ScopePlace } from "./place.ts";
import type { Recorded } from "./recorded.ts";
import { isRefused } from "./refused.ts";
import { endOfTogether } from "./together.ts";
import { endOfTry } from "./tries.ts";

/**
 * A second meaning of programs, without an engine: what has no meaning of its own (results of steps, messages, timers) is
 * read from the history, everything else follows from the program. Whatever a block has recorded is held against that.
 */
export class Interpreter implements Interpreting {
  readonly recorded: Recorded;
  readonly steps: Steps;
  /** What is recorded and does not follow, in words. */
  readonly problems: string[] = [];
  unsure = false;

  constructor(recorded: Recorded, steps: Steps) {
    this.recorded = recorded;
    this.steps = steps;
  }

  /** `at` is the number of the result after which the block begins; `prefix` where it stands, when it has no scope of its own. */
  block({ statements }: Block, scope: ScopePlace, { at, prefix = "" }: Beginning): BlockEnd {
    const values: string[] = [];
    let now = at;
    for (const [index, statement] of statements.entries()) {
      if (statement.kind === "break") return { ok: true, values, broke: true, at: now };
      const position = prefix === "" ? String(index) : `${prefix}.${index}`;
      const end = this.statement(statement, scope, { at: now, position, values });
      if (end === null || !end.ok) return end;
      values.push(keptText(end.text));
      now = end.at;
    }
    return { ok: true, values, broke: false, at: now };
  }

  functionEnd(block: Block, scope: ScopePlace, beginning: Beginning): BlockEnd {
    const end = this.block(block, scope, beginning);
    if (end === null || !end.ok) return end;
    if (scope.running.length === 0) return scope.unseen === null ? end : unawaited(scope.unseen, end.at);
    const error = new EntryInProgressError(this.recorded.life.run, scope.running);
    return { ok: false, error, origin: null, at: end.at };
  }

  values(block: Block, scope: ScopePlace, beginning: Beginning): End {
    return listOf(this.functionEnd(block, scope, beginning));
  }

  statement(statement: Statement, scope: ScopePlace, standing: Standing): End {
    if (isRefused(statement)) throw new Undecided("a name that is refused");
    switch (statement.kind) {
      case "step":
        return endOfStep(this, statement, { scope, at: standing.at });
      case "sleep":
      case "sleep-until":
        return entryEnd(this, scope.named(statement.name), () => "undefined");
      case "next":
        return endOfNext(this, statement, scope);
      case "batch":
        return endOfBatch(this, statement, scope);
      case "listen":
        return endOfListen(this, statement, scope);
      case "send":
        return endOfSend(this, statement, { scope, at: standing.at });
      case "loop":
        return endOfLoop(this, statement, { scope, at: standing.at });
      case "join":
        return endOfJoin(this, statement, { scope, at: standing.at });
      case "race":
        return endOfRace(this, statement, { scope, at: standing.at });
      case "map":
        return endOfMap(this, statement, { scope, at: standing.at });
      case "try":
        return endOfTry(this, statement, { scope, at: standing.at });
      default:
        return this.#code(statement, scope, standing);
    }
  }

  #code(statement: Statement, scope: ScopePlace, standing: Standing): End {
    const { at, position } = standing;
    switch (statement.kind) {
      case "checkpoint":
        return entryEnd(this, scope.named(statement.name), () => "undefined");
      case "version":
        return this.#version(statement, scope, standing);
      case "removed": {
        const entry = this.recorded.entry(scope.named(statement.name));
        return value("undefined", entry === null || entry.status === "pending" ? at : entry.sequence);
      }
      case "if":
        return this.#if(statement, scope, standing);
      case "together":
        return endOfTogether(this, statement, { scope, ...standing });
      case "draw": {
        const drawn = this.recorded.drawn(scope.at(`?draw:${position}`));
        if (drawn === undefined) throw new Undecided("what was drawn is not known");
        return value(drawn, at);
      }
      case "left":
        return endOfLeft(this, statement, { scope, at });
      case "own":
        return value("undefined", at);
      case "throw":
        return { ok: false, error: namedThrow(statement.what), origin: null, at };
      case "catch": {
        const end = this.block(statement.body, scope, { at, prefix: position });
        if (end === null) return null;
        if (end.ok) return value(objectText({ values: listText(end.values) }), end.at);
        return value(objectText({ caught: canonicalText(caughtValue(end.error)) }), end.at);
      }
      default:
        throw new Undecided(`a "${statement.kind}" cannot stand here`);
    }
  }

  #version({ name, older, newest }: StatementOf<"version">, scope: ScopePlace, at: Standing): End {
    const entry = this.recorded.entry(scope.named(name));
    if (entry === null || entry.status === "pending") return null;
    const block = entry.count === 1 ? older : newest;
    const beginning = { at: Math.max(at.at, entry.sequence), prefix: at.position };
    const end = listOf(this.block(block, scope, beginning));
    if (end === null || !end.ok) return end;
    return value(objectText({ version: String(entry.count), values: end.text }), end.at);
  }

  #if(statement: StatementOf<"if">, scope: ScopePlace, { at, position, values }: Standing): End {
    const even = (values[statement.statement] ?? "undefined").length % 2 === 0;
    const prefix = `${position}.${even ? "even" : "odd"}`;
    const end = listOf(this.block(even ? statement.even : statement.odd, scope, { at, prefix }));
    if (end === null || !end.ok) return end;
    return value(objectText({ even: String(even), values: end.text }), end.at);
  }
}

function listOf(end: BlockEnd): End {
  return end === null || !end.ok ? end : value(listText(end.values), end.at);
}

/** A function that returns has gone on without looking at a failure. */
function unawaited({ path, failure }: NonNullable<ScopePlace["unseen"]>, at: number): Failure {
  if (failure.at > at) throw new Undecided("an operation that failed when its function had returned");
  return { ok: false, error: new FailureUnawaitedError(path, { cause: failure.error }), origin: null, at };
}
