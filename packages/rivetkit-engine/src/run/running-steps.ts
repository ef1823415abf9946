/** The runs at work in this process, by workflow id. */
const active: Map<string, Set<RunningSteps>> = new Map();

/** Counts the bodies of one run that are at work: a run is not taken back under them. */
export class RunningSteps {
  readonly #workflowId: string;
  #count = 0;

  constructor(workflowId: string) {
    this.#workflowId = workflowId;
    const runs = active.get(workflowId) ?? new Set();
    active.set(workflowId, runs.add(this));
  }

  /** A body begins; the returned function is called when it has ended. */
  started(): () => void {
    this.#count++;
    let ended = false;
    return () => {
      if (!ended) this.#count--;
      ended = true;
    };
  }

  /** The run does not go on here. */
  end(): void {
    const runs = active.get(this.#workflowId);
    runs?.delete(this);
    if (runs?.size === 0) active.delete(this.#workflowId);
  }

  static anyOf(workflowId: string): boolean {
    for (const run of active.get(workflowId) ?? []) if (run.#count > 0) return true;
    return false;
  }
}
