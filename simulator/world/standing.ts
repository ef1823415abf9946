import type { RunState } from "#holdfast/model/run.ts";
import { dueAt, isLeased } from "#holdfast/storage/due.ts";
import type { RunRecord } from "#holdfast/storage/store.ts";
import type { World } from "./world.ts";

const ENDED: ReadonlySet<RunState> = new Set(["completed", "failed", "cancelled", "paused"]);

/**
 * Tells when nothing is left to happen: every run is over, held, or sleeps until after the end of the world, nothing of it has
 * changed for longer than any lease, poll and backoff, and nothing has come that it is to be woken for.
 */
export class Standing {
  readonly #world: World;
  readonly #restMs: number;
  #last = "";
  #since = 0;

  constructor(world: World) {
    this.#world = world;
    const longest = (of: (host: { leaseMs: number; pollMs: number }) => number): number =>
      Math.max(0, ...world.scenario.hosts.map(of));
    this.#restMs = 2 * longest(({ leaseMs }) => leaseMs) + 2 * longest(({ pollMs }) => pollMs) + 1_000;
  }

  /** @param resumes whether somebody is still to come who lets held runs go on */
  async atRest(endAt: number, resumes: boolean): Promise<boolean> {
    const runs = await this.#world.timeline.hold(this.#world.records());
    const now = this.#world.timeline.now;
    const standing = runs.map(
      ({ workflowId, revision, epoch, status }) => `${workflowId} ${revision} ${epoch} ${status}`,
    );
    const text = standing.join("\n");
    if (text !== this.#last) {
      this.#last = text;
      this.#since = now;
    }
    return (
      runs.every((run) => rests(run, endAt) && !(resumes && run.status === "paused")) &&
      now - this.#since >= this.#restMs &&
      !(await this.#somethingIsDue(now))
    );
  }

  /** By what is stored, whether the storage knows it or not. */
  async #somethingIsDue(now: number): Promise<boolean> {
    const { runs } = await this.#world.timeline.hold(this.#world.dump());
    return runs.some(({ row, messages }) => {
      const wanted = messages.some(({ name }) => row.wants?.includes(name));
      const due = dueAt(row, now, () => wanted);
      return due !== null && due <= now && !isLeased(row, now);
    });
  }
}

function rests(run: RunRecord, endAt: number): boolean {
  if (ENDED.has(run.status)) return true;
  return run.lease === null && run.status === "sleeping" && (run.wakeAt === null || run.wakeAt > endAt);
}
