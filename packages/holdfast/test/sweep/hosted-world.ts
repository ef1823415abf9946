import { createHost, defineWorkflow, type Host, type WorkflowHandle } from "holdfast";
import { type MemoryStore, memoryStore } from "holdfast/memory";
import { type VirtualClock, virtualClock } from "holdfast/testing";
import type { HostedProgram } from "./hosted-programs.ts";

/** Within which a run comes to its end, whatever was done to it. */
const WITHIN_MS = 3_600_000;

/** A hosted program, its host, and a ledger of what happened in the world. */
export class HostedWorld {
  readonly clock: VirtualClock = virtualClock();
  readonly store: MemoryStore = memoryStore({ clock: this.clock });
  /** Bodies and handlers in the order in which they started; handlers with a minus sign. */
  readonly started: string[] = [];
  /** Bodies that were done, in that order. */
  readonly done: string[] = [];
  readonly undone: string[] = [];
  /** Observed events so far. */
  events = 0;
  host!: Host;
  handle!: WorkflowHandle;
  readonly #program: HostedProgram;
  readonly #workflow: ReturnType<typeof defineWorkflow>;
  #at = 0;
  #reached: () => void = () => {};

  private constructor(program: HostedProgram) {
    this.#program = program;
    const start = (name: string): void => void this.started.push(name);
    this.#workflow = defineWorkflow({
      name: "program",
      run: program.workflow({
        body: async (name, ms = 0) => {
          start(name);
          if (ms > 0) await this.clock.sleep(ms);
          this.done.push(name);
          return name;
        },
        fails: (name) => {
          start(name);
          throw new Error(name);
        },
        undo: (name) => {
          start(`-${name}`);
          this.undone.push(name);
        },
      }),
    });
  }

  /** Starts the program's run; its messages are on their way. */
  static async begin(program: HostedProgram): Promise<HostedWorld> {
    const world = new HostedWorld(program);
    world.host = await world.newHost();
    await world.startRun();
    for (const [atMs, name, body] of program.messages ?? []) {
      // A run that has ended takes no more: the tests that end it early say what they expect.
      world.clock.setTimer(
        atMs,
        () =>
          void world.host
            .handle("run")
            .send(name, body)
            .catch(() => {}),
      );
    }
    return world;
  }

  async startRun(): Promise<void> {
    this.handle = (await this.host.start(this.#workflow, { workflowId: "run" })) as WorkflowHandle;
  }

  newHost(): Promise<Host> {
    return createHost({
      store: this.store,
      workflows: [this.#workflow],
      clock: this.clock,
      scheduler: this.clock.scheduler,
      pollMs: 60_000,
      observers: [() => this.#observed()],
    });
  }

  /** Another host has the run from now on. */
  async replaceHost(stop: { readonly timeoutMs?: number }): Promise<void> {
    await this.clock.settle(this.host.stop(stop), WITHIN_MS);
    this.host = await this.newHost();
    this.handle = this.host.handle("run");
  }

  #observed(): void {
    this.events += 1;
    if (this.events === this.#at) this.#reached();
  }

  /** Lets the run go on until its `count`th event, or its end; whether it got so far. */
  async goOnUntil(count: number): Promise<boolean> {
    let reached = this.events >= count;
    this.#at = count;
    const event = new Promise<void>((resolve) => {
      this.#reached = () => {
        reached = true;
        resolve();
      };
    });
    await this.clock.settle(Promise.race([event, this.end()]), WITHIN_MS);
    return reached;
  }

  /** How the run ended, as text. */
  async end(): Promise<string> {
    const output = this.host.handle("run").result();
    return output.then(
      (value) => `completed with ${JSON.stringify(value)}`,
      (error: Error) => `${error.name}: ${error.message}`,
    );
  }

  settle<T>(promise: Promise<T>): Promise<T> {
    return this.clock.settle(promise, WITHIN_MS);
  }

  /** How often each body and handler started. */
  starts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const name of this.started) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  }

  get interruptible(): boolean {
    return this.#program.interruptible ?? false;
  }

  close(): Promise<void> {
    return this.settle(this.host.stop({ timeoutMs: 0 }));
  }
}
