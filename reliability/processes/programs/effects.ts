import {
  abortable,
  DEFAULT_MAX_RETRIES,
  type RollbackContext,
  type StepConfig,
  type StepContext,
} from "#holdfast/index.ts";
import type { Effect, EffectOutcome } from "../ledger/ledger-record.ts";
import type { World } from "../members/world.ts";
import { hazardOf, hazards } from "./hazard.ts";
import type { Hazard, Program, StepNode } from "./program.ts";
import type { Trace } from "./trace.ts";

/** A run that a step starts. */
export interface ChildRun {
  readonly workflowId: string;
  readonly program: Program;
}

/**
 * What programs do to the world: each start and each end of a body or handler is in the ledger before anything goes on.
 * A body returns a token that nobody else has, so that every value can be traced to the start that made it.
 */
export class Effects {
  readonly #world: World;
  readonly #run: string;

  constructor(world: World, run: string) {
    this.#world = world;
    this.#run = run;
  }

  /** Of the code that is deployed in this process. */
  get version(): number {
    return this.#world.version;
  }

  /** A step as its node says. */
  step(node: StepNode, trace: Trace): StepConfig<string> {
    return this.#config(node, trace, async () => {});
  }

  /** A step that starts a run. */
  start(node: StepNode, trace: Trace, child: ChildRun): StepConfig<string> {
    const input = { program: child.program, parent: this.#run };
    return this.#config(node, trace, () => this.#world.startRun(child.workflowId, input));
  }

  #config(node: StepNode, trace: Trace, work: () => Promise<void>): StepConfig<string> {
    const path = trace.at(node.name);
    const founded = trace.seen;
    const { rollback } = node;
    return {
      name: node.name,
      maxRetries: node.maxRetries ?? DEFAULT_MAX_RETRIES,
      retryBackoffBase: 20,
      retryBackoffMax: 100,
      ...(node.delivery === undefined ? {} : { delivery: node.delivery }),
      run: (step) => this.#body(node, { path, founded, step }, work),
      ...(rollback === undefined ? {} : { rollback: this.#rollback(path, rollback.failures) }),
    };
  }

  #rollback(path: string, failures: number): NonNullable<StepConfig<string>["rollback"]> {
    return {
      maxRetries: failures + 1,
      retryBackoffBase: 20,
      retryBackoffMax: 100,
      run: (step, result) => this.#handler({ path, failures, step }, result),
    };
  }

  async #body(
    node: StepNode,
    at: { readonly path: string; readonly founded: Trace["seen"]; readonly step: StepContext },
    work: () => Promise<void>,
  ): Promise<string> {
    const { ledger, failpoints } = this.#world;
    const { path, founded, step } = at;
    // Nothing else than the body itself may take an attempt from it.
    const attemptsAllowed = Math.min(node.failures ?? 0, node.maxRetries ?? DEFAULT_MAX_RETRIES) + 1;
    const effect = this.#effect({ path, step, attemptsAllowed });
    const { startsBefore } = await ledger.append({ type: "body-start", ...effect, founded });
    failpoints.pass("body.start");
    await this.#meetHazard(hazardOf(node.hazard, startsBefore));
    await work();
    const outcome = await this.#work(node, step);
    await ledger.append({ type: "body-end", ...effect, outcome });
    failpoints.pass("body.end");
    if (outcome !== "ok") throw new Error(`attempt ${step.attempt} of ${path} ${outcome}`);
    return effect.token;
  }

  async #meetHazard(kind: Hazard["kind"] | null): Promise<void> {
    if (kind === null) return;
    await this.#world.ledger.append({ type: "hazard", run: this.#run, kind });
    await hazards[kind]();
  }

  async #work(
    { workMs = 0, failures = 0 }: StepNode,
    { signal, attempt }: StepContext,
  ): Promise<EffectOutcome> {
    try {
      if (workMs > 0) await abortable(new Promise((resolve) => setTimeout(resolve, workMs)), signal);
    } catch {
      return "aborted";
    }
    return attempt <= failures ? "failed" : "ok";
  }

  async #handler(
    at: { readonly path: string; readonly failures: number; readonly step: RollbackContext },
    result: string,
  ): Promise<void> {
    const { ledger, failpoints } = this.#world;
    const { path, failures, step } = at;
    const effect = this.#effect({ path, step, attemptsAllowed: failures + 1 });
    await ledger.append({ type: "handler-start", ...effect, undoes: result });
    failpoints.pass("handler.start");
    const outcome = step.attempt <= failures ? "failed" : "ok";
    await ledger.append({ type: "handler-end", ...effect, outcome });
    failpoints.pass("handler.end");
    if (outcome === "failed") throw new Error(`attempt ${step.attempt} of the handler of ${path} failed`);
  }

  #effect(of: {
    readonly path: string;
    readonly step: StepContext | RollbackContext;
    readonly attemptsAllowed: number;
  }): Effect {
    const run = this.#run;
    const { path, step, attemptsAllowed } = of;
    const { attempt, idempotencyKey } = step;
    const location = idempotencyKey.slice(run.length + 1).replace(/\/rollback$/, "");
    const { claims, clock, token } = this.#world;
    const lookedAt = clock.lookedAt();
    const epoch = claims.epochOf(run);
    return { run, path, location, attempt, attemptsAllowed, epoch, lookedAt, token: token() };
  }
}
