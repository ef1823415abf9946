import type { Mutant } from "./mutant.ts";

/** Bodies, attempts, retries. */
export const steps: readonly Mutant[] = [
  {
    id: "void-result-unfinished",
    title:
      "a step that returned nothing counts as not finished (checkpoint libraries that test `value !== undefined`)",
    kind: "historic",
    file: "engine/primitives/step.ts",
    find: 'if (entry !== null && entry.status !== "pending") {',
    replace: 'if (entry !== null && entry.status !== "pending" && entry.result?.length !== 1) {',
    modes: ["single", "soup"],
    about: "void step",
  },
  {
    id: "backoff-ignored",
    title: "a retry starts at once, its due time is only stored: a retry storm (job queues under load)",
    kind: "historic",
    file: "engine/effects/step-attempts.ts",
    find: "(dueAt <= run.timers.now() && ",
    replace: "(dueAt <= run.timers.now() + 60_000 && ",
    modes: ["single"],
    about: "step",
  },
  {
    id: "one-retry-too-many",
    title: "attempts are compared with the number of retries, off by one (job queues)",
    kind: "historic",
    file: "engine/effects/verdict.ts",
    find: 'return attempt > rules.policy.maxRetries ? "exhausted" : "retry";',
    replace: 'return attempt > rules.policy.maxRetries + 1 ? "exhausted" : "retry";',
    modes: ["single", "soup"],
  },
  {
    id: "attempts-per-process",
    title:
      "attempts are numbered per process: after a crash a step begins with its first again (in-process retry helpers)",
    kind: "historic",
    file: "engine/effects/step-attempts.ts",
    find: "const attempt = this.#plan.atMostOnce ? entry.count : entry.count + 1;",
    replace:
      "const mine = this as unknown as { tries?: number };\n    mine.tries = (mine.tries ?? 0) + 1;\n    const attempt = this.#plan.atMostOnce ? entry.count : mine.tries;",
    modes: ["soup", "single"],
  },
  {
    id: "timeout-retried",
    title:
      "a timed-out step is tried again though its work may go on (workflow engines with one retry rule for all)",
    kind: "historic",
    file: "engine/effects/verdict.ts",
    find: 'if (StepTimeoutError.is(error) && !rules.retryOnTimeout) return "final";',
    replace: "void StepTimeoutError;",
    modes: ["single", "soup"],
    about: "hanging step",
  },
  {
    id: "critical-error-retried",
    title: "an error that says it is final is tried again (workflow engines that lose the class of errors)",
    kind: "historic",
    file: "engine/effects/verdict.ts",
    find: "const HOPELESS = [\n  CriticalError,",
    replace: "void CriticalError;\nconst HOPELESS = [",
    modes: ["single", "soup"],
    about: "critical step",
  },
  {
    id: "late-result-wins",
    title:
      "the result of a timed-out body that ends later is reported as its attempt's success (promise races in step runners)",
    kind: "historic",
    file: "engine/effects/attempt.ts",
    find: "this.#over ? this.#orphaned() : this.#finish({",
    replace: "this.#over ? this.#settled({ ok: true, value, heartbeat: this.#heartbeat }) : this.#finish({",
    modes: ["single", "soup"],
    about: "late",
  },
  {
    id: "failed-attempt-not-committed",
    title: "a failed attempt is committed after its retry has started (checkpoint libraries)",
    kind: "historic",
    file: "engine/effects/step-attempts.ts",
    find: "      run.requireCommit();\n      if (run.parksOnRetry)",
    replace: "      Object.assign(run, { commitRequired: false });\n      if (run.parksOnRetry)",
    modes: ["single", "soup"],
  },
  {
    id: "interrupted-step-repeated",
    title:
      "a step that runs at most once runs again after a crash (job queues with acknowledgement after the work)",
    kind: "historic",
    file: "engine/primitives/step.ts",
    find: "return plan.atMostOnce && entry.count > 0 && entry.extra === null;",
    replace: "return plan.atMostOnce && entry.count > 1 && entry.extra === null;",
    modes: ["soup"],
  },
  {
    id: "start-recorded-after-body",
    title: "the start of a step that runs at most once is recorded together with its end (job queues)",
    kind: "historic",
    file: "engine/effects/step-attempts.ts",
    find: "this.#operation.pend({ count: entry.count + 1, extra: null, dueAt: null });\n    this.#operation.scope.run.requireCommit();",
    replace: "this.#operation.pend({ count: entry.count + 1, extra: null, dueAt: null });",
    modes: ["single", "soup"],
    about: "once step",
  },
  {
    id: "ephemeral-never-stored",
    title:
      "the result of an ephemeral step is not stored with what was built on it (engines with local activities)",
    kind: "historic",
    file: "engine/replay/operation.ts",
    find: "    run.journal.write(this.place, entry);\n    settlement.recorded?.();",
    replace:
      '    if (settlement.ephemeral !== true || this.kind !== "step") run.journal.write(this.place, entry);\n    settlement.recorded?.();',
    modes: ["soup"],
  },
  {
    id: "body-before-commit",
    title: "the next body starts before the results that led to it are durable (engines that write behind)",
    kind: "historic",
    file: "engine/pass/forward.ts",
    find: "if (execution.commitRequired || counted || execution.journal.header.revision === 0) {",
    replace: "if (counted || execution.journal.header.revision === 0) {",
    modes: ["single", "soup"],
  },
];
