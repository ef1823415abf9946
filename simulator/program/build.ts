import type {
  AttemptScript,
  Block,
  HandlerScript,
  Statement,
  StepStatement,
  ThrowName,
  ValueName,
} from "./program.ts";

/** A block of these statements. */
export function blockOf(...statements: readonly Statement[]): Block {
  return { statements };
}

/** An attempt that gives a value after so many milliseconds. */
export function gives(value: ValueName, ms = 10): AttemptScript {
  return { ms, heedsAbort: true, ends: { value } };
}

/** An attempt that throws. */
export function throwsAt(what: ThrowName, ms = 10): AttemptScript {
  return { ms, heedsAbort: true, ends: { throws: what } };
}

/** An attempt that never ends by itself. */
export function hangs(heedsAbort: boolean): AttemptScript {
  return { ms: 0, heedsAbort, ends: { never: true } };
}

/** A step that succeeds, but for what is said otherwise. */
export function stepOf(name: string, more: Partial<StepStatement> = {}): StepStatement {
  return {
    kind: "step",
    name,
    attempts: [gives("object")],
    asData: false,
    maxRetries: 2,
    backoffMs: 20,
    timeoutMs: 5_000,
    retryOnTimeout: false,
    ephemeral: false,
    atMostOnce: false,
    ...more,
  };
}

/** A rollback handler with these attempts. */
export function handlerOf(...attempts: readonly AttemptScript[]): HandlerScript {
  return { attempts, maxRetries: 2, backoffMs: 20 };
}
