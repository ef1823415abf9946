import type { Place } from "../../history/place.ts";
import { checkFunction, checkWords } from "../../model/check.ts";
import type { WorkflowContext } from "../../model/context.ts";
import { TRY_OPTIONS, TRY_STEP_CONFIG, TRY_STEP_OPTIONS } from "../../model/context-option-names.ts";
import { describeName } from "../../model/describe.ts";
import { JoinError, MapError, RaceError } from "../../model/errors/block-errors.ts";
import {
  CriticalError,
  RollbackError,
  StepExhaustedError,
  StepInterruptedError,
  StepTimeoutError,
} from "../../model/errors/step-errors.ts";
import { checkOptions } from "../../model/option-names.ts";
import type {
  BlockFailureKind,
  StepFailureKind,
  TryOptions,
  TryResult,
  TryStepConfig,
} from "../../model/step-options.ts";
import { type BlockBody, openBlock, originKeys, runFunction } from "../replay/block.ts";
import type { Run } from "../replay/run.ts";
import type { Scope } from "../replay/scope.ts";
import { type StepNames, step } from "./step.ts";

const STEP_ERRORS = [StepExhaustedError, StepTimeoutError, StepInterruptedError, CriticalError];
const STEP_KINDS: readonly StepFailureKind[] = ["critical", "timeout", "exhausted", "rollback"];
const DEFAULT_STEP_CATCH: readonly StepFailureKind[] = ["critical", "timeout", "exhausted"];
const BLOCK_KINDS: readonly BlockFailureKind[] = ["step", "join", "race", "rollback"];
const DEFAULT_BLOCK_CATCH: readonly BlockFailureKind[] = ["step", "join", "race"];

export const TRY_STEP_NAMES: StepNames = { config: TRY_STEP_CONFIG, options: TRY_STEP_OPTIONS };

/** As `step`, but a terminal failure comes back as data. */
export function tryStep<Result>(
  scope: Scope,
  config: TryStepConfig<Result>,
): Promise<TryResult<Result, StepFailureKind>> {
  const { catch: kinds = DEFAULT_STEP_CATCH } = config;
  checkWords(kinds, `Try ${describeName(config.name)}: catch`, STEP_KINDS);
  return step(scope, config).made(
    (value): TryResult<Result, StepFailureKind> => ({ ok: true, value }),
    (error): TryResult<Result, StepFailureKind> => {
      const kind = stepFailureKind(error);
      if (!kinds.includes(kind)) throw error;
      return { ok: false, failure: { kind, error: error as Error } };
    },
  );
}

function stepFailureKind(error: unknown): StepFailureKind {
  if (StepExhaustedError.is(error)) return "exhausted";
  if (StepTimeoutError.is(error)) return "timeout";
  if (RollbackError.is(error)) return "rollback";
  // Everything else failed at once, without retries.
  return "critical";
}

/** Runs a block whose failure comes back as data. */
export function tryBlock<Value>(
  scope: Scope,
  name: string,
  run: (ctx: WorkflowContext) => Value | Promise<Value>,
  options: TryOptions = {},
): Promise<TryResult<Value, BlockFailureKind>> {
  checkFunction(run, `Try ${describeName(name)}: run`);
  checkOptions(options, `The options of try ${describeName(name)}`, TRY_OPTIONS);
  const { catch: kinds = DEFAULT_BLOCK_CATCH } = options;
  checkWords(kinds, `Try ${describeName(name)}: catch`, BLOCK_KINDS);
  const { run: owner } = scope;
  const start = (block: BlockBody): void => {
    const inner = scope.open(block.place, false);
    void runFunction(inner, run).then((outcome) => {
      if (outcome.ok) {
        block.complete({ ok: true, value: outcome.value });
        return;
      }
      const { error } = outcome;
      const kind = blockFailureKind(owner, error);
      if (kind === undefined || !kinds.includes(kind)) block.fail(error);
      else
        block.complete(
          { ok: false, failure: { kind, error: owner.payloads.storable(error) } },
          { change: { detail: originKeys(owner, error, block.place) } },
        );
    });
  };
  // Code that throws the error of a failure after all fails by what that came from.
  const handed = (result: TryResult<Value, BlockFailureKind>, place: Place): void => {
    if (result.ok || typeof result.failure.error !== "object" || result.failure.error === null) return;
    owner.origins.set(result.failure.error, place);
  };
  return openBlock({ scope, kind: "try", name }, start, handed);
}

/** What kind of operation an error came from; undefined when it is the code's own. */
function blockFailureKind(run: Run, error: unknown): BlockFailureKind | undefined {
  if (RollbackError.is(error)) return "rollback";
  if (typeof error !== "object" || error === null) return undefined;
  switch (run.origins.get(error)?.entry?.kind) {
    case "step":
      return "step";
    case "join":
    case "map":
      return "join";
    case "race":
      return "race";
    case "loop":
    case "try":
      return kindByClass(error);
    default:
      return undefined;
  }
}

/** A failure that passed through a loop or another try on its way: its class tells what it came from. */
function kindByClass(error: object): BlockFailureKind | undefined {
  if (STEP_ERRORS.some((known) => known.is(error))) return "step";
  if (JoinError.is(error) || MapError.is(error)) return "join";
  return RaceError.is(error) ? "race" : undefined;
}
