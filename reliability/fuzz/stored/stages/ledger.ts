/** Which bodies have run, outside every storage: what runs twice, or too often, shows here. */
export class Ledger {
  readonly #ran = new Map<string, string[]>();
  /** Bodies that are to hang, as `workflow id` and name. */
  readonly #hanging = new Set<string>();
  readonly #hung = new Map<string, () => void>();

  /** What a body does: it is written down, and hangs where it has to. */
  body<Result>(workflowId: string, name: string, result: Result): Result | Promise<Result> {
    const list = this.#ran.get(workflowId) ?? [];
    this.#ran.set(workflowId, list);
    list.push(name);
    const key = `${workflowId} ${name}`;
    if (!this.#hanging.has(key)) return result;
    this.#hung.get(key)?.();
    return new Promise(() => {});
  }

  /** Lets this body hang; resolves when it does. */
  hang(workflowId: string, name: string): Promise<void> {
    const key = `${workflowId} ${name}`;
    this.#hanging.add(key);
    return new Promise((resolve) => this.#hung.set(key, resolve));
  }

  /** What has run of this run, in the order of its starts. */
  ran(workflowId: string): readonly string[] {
    return this.#ran.get(workflowId) ?? [];
  }

  /** Forgets what has run, and lets nothing hang any more. */
  clear(): void {
    this.#ran.clear();
    this.#hanging.clear();
    this.#hung.clear();
  }
}
