import type { PlannedHost } from "./scenario.ts";
import type { SimProcess } from "./sim-process.ts";
import type { SimHosting, World } from "./world.ts";

/** How long after a crash a supervisor starts the process again, at most, in milliseconds. */
const RESTART_MS = 1_500;

/** Calls that a handle may still make after its host has stopped, and how often it is looked whether it has. */
const LAST_LOOKS = 4;
const AFTERGLOW_MS = 10;

/** One machine of the world and its supervisor: a host process that dies, is stopped, and comes back. */
export class SimHost {
  readonly #world: World;
  readonly #id: string;
  readonly #planned: PlannedHost;
  readonly #restarts;
  #life: { readonly process: SimProcess; readonly host: Promise<SimHosting> } | null = null;
  #version: 1 | 2;
  #skewMs: number;
  #closing = false;
  #stopping = false;

  constructor(world: World, number: number, planned: PlannedHost) {
    this.#world = world;
    this.#id = `host-${number}`;
    this.#planned = planned;
    this.#version = planned.version === 2 ? 2 : 1;
    this.#skewMs = planned.clockSkewMs;
    this.#restarts = world.random(`${this.#id} restarts`);
  }

  /** The process that lives now; null while the machine is down. */
  get process(): SimProcess | null {
    return this.#life?.process ?? null;
  }

  /** Whether it lives and was not asked to stop. */
  get serves(): boolean {
    return this.#life !== null && !this.#stopping;
  }

  /** The host that runs now; null while the machine is down. */
  get host(): Promise<SimHosting> | null {
    return this.#life?.host ?? null;
  }

  start(): void {
    if (this.#life !== null || this.#closing) return;
    const world = this.#world;
    const { clockRate } = this.#planned;
    const process = world.process(this.#id, { rate: clockRate, skewMs: this.#skewMs });
    world.record(process, { type: "process-started", version: this.#version });
    const host = world.open(process, this.#planned, this.#version);
    this.#life = { process, host };
    this.#stopping = false;
  }

  /** It dies on the spot, and comes back with this code; by itself after a while. */
  kill(restartAfterMs = this.#restarts.between(1, RESTART_MS), version = this.#version): void {
    const life = this.#life;
    if (life === null) return;
    this.#world.record(life.process, { type: "process-killed" });
    life.process.kill();
    this.#life = null;
    this.#comeBack(restartAfterMs, version);
  }

  /** It is asked to stop, and comes back with this code. Resolves when it has stopped. */
  async stop(
    timeoutMs: number,
    restart?: { readonly afterMs: number; readonly version: 1 | 2 },
  ): Promise<void> {
    const life = this.#life;
    if (life === null) return;
    const { process } = life;
    const world = this.#world;
    world.record(process, { type: "process-stopping" });
    this.#stopping = true;
    await (await life.host).stop({ timeoutMs });
    if (!process.alive) return;
    world.record(process, { type: "process-stopped" });
    await this.#afterglow(process);
    if (!process.alive) return;
    world.record(process, { type: "left-behind", timers: process.timers, waits: world.hints.open(process) });
    process.kill();
    this.#life = null;
    if (restart !== undefined) this.#comeBack(restart.afterMs, restart.version);
  }

  /** Handles that were looking when their host stopped end when the storage has answered them. */
  async #afterglow(process: SimProcess): Promise<void> {
    const { timeline, hints, wire } = this.#world;
    const stoppedAt = timeline.now;
    // One that is paused is answered when it goes on.
    const until = (): number => Math.max(stoppedAt, process.pausedUntil) + wire.longestAnswerMs * LAST_LOOKS;
    while (process.alive && timeline.now < until() && process.timers + hints.open(process) > 0)
      await timeline.sleep(AFTERGLOW_MS);
  }

  pause(forMs: number): void {
    const process = this.process;
    if (process === null) return;
    this.#world.record(process, { type: "process-paused" });
    process.pause(forMs);
    this.#world.timeline.after(forMs, () => this.#world.record(process, { type: "process-continued" }));
  }

  setClock(byMs: number): void {
    this.#skewMs += byMs;
    const process = this.process;
    if (process === null) return;
    process.setClock(byMs);
    this.#world.record(process, { type: "clock-set", byMs });
  }

  /** It does not come back any more. */
  close(timeoutMs: number): Promise<void> {
    this.#closing = true;
    return this.stop(timeoutMs);
  }

  #comeBack(afterMs: number, version: 1 | 2): void {
    this.#version = version;
    this.#world.timeline.after(afterMs, () => this.start());
  }
}
