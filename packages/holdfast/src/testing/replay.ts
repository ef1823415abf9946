import { type MemoryDriver, memoryDriver } from "../drivers/memory/memory-driver.ts";
import { assertDump, type MemoryDump } from "../drivers/memory/memory-dump.ts";
import { LiveRun } from "../engine/live/live-run.ts";
import { decodeHeader, encodeHeader, type RunHeader } from "../history/header.ts";
import { loadJournal } from "../history/journal-load.ts";
import { KeySpace } from "../history/key.ts";
import { runTagOf } from "../history/run-tag.ts";
import { checkMethods, checkWorkflowId, isArray } from "../model/check.ts";
import { describe } from "../model/describe.ts";
import { InvalidArgumentError } from "../model/errors/argument-errors.ts";
import { HistoryDivergedError } from "../model/errors/history-errors.ts";
import { RunNotFoundError } from "../model/errors/run-errors.ts";
import { checkGiven, type OptionNames, optionNames } from "../model/option-names.ts";
import { isTerminal, type RunState } from "../model/run.ts";
import { type AnyWorkflow, definitionOf } from "../model/workflow.ts";
import type { EngineDriver } from "../storage/driver.ts";
import { DRIVER_METHODS } from "../storage/port-methods.ts";
import type { CommitBatch, RunImage } from "../storage/records.ts";
import type { EngineOptions } from "../system/engine-options.ts";
import { engineSettings } from "../system/engine-settings.ts";
import { virtualClock } from "./virtual-clock.ts";

/** Options of `replay`. */
export interface ReplayOptions
  extends Pick<EngineOptions, "codec" | "limits" | "logger" | "observers" | "strict"> {
  /** Which run of a dump that has several. @default the only one */
  readonly workflowId?: string;
}

const REPLAY_OPTIONS: OptionNames = optionNames<ReplayOptions>({
  workflowId: true,
  codec: true,
  limits: true,
  logger: true,
  observers: true,
  strict: true,
});

/** What a replay found. */
export interface ReplayReport {
  readonly workflowId: string;
  /** The state that the run was recorded in. */
  readonly status: RunState;
  /** Results that were replayed. */
  readonly results: number;
}

/**
 * Replays a recorded history with today's code, without starting any body or writing anything: put it into CI with
 * dumps of production runs, and a change that would strand them fails there.
 *
 * @throws HistoryDivergedError when the code does not fit; RunNotFoundError when nothing is recorded; InvalidArgumentError
 */
export async function replay(
  workflow: AnyWorkflow,
  recorded: MemoryDump | EngineDriver,
  options: ReplayOptions = {},
): Promise<ReplayReport> {
  checkGiven(options, "The options of replay", REPLAY_OPTIONS);
  const definition = definitionOf(workflow);
  if (options.workflowId !== undefined) checkWorkflowId(options.workflowId);
  const { driver, workflowId } = sourceOf(recorded, options.workflowId);
  const loaded = await loadJournal(workflowId, driver);
  if (loaded === null) throw new RunNotFoundError(workflowId);
  const { header } = loaded.journal;
  const report = { workflowId, status: header.status, results: header.sequence };
  const copy = new ReplayDriver(driver, workflowId);
  const clock = virtualClock({ now: header.lastTime });
  const { workflowId: _, ...given } = options;
  const run = new LiveRun({
    settings: engineSettings({ ...given, clock, scheduler: clock.scheduler }),
    workflowId,
    definition,
    input: undefined,
    driver: copy,
    mode: "yield",
    hosted: { isOver: isTerminal(header.status) },
  });
  const ended = run.result.then(
    () => null,
    (error: unknown) => {
      throw error;
    },
  );
  const wrote = await clock.settle(Promise.race([ended, copy.written]));
  if (isTerminal(header.status)) checkEnd(header, wrote, loaded.journal.single(KeySpace.output));
  return report;
}

/** What the code came to must be what was recorded. */
function checkEnd(header: RunHeader, wrote: CommitBatch | null, output: Uint8Array | null): void {
  if (header.status === "cancelled") return;
  const failed = wrote?.status === "failed" || wrote?.status === "rolling_back";
  const same = header.status === "failed" ? failed : wrote?.status === "completed" && output !== null;
  if (same) return;
  throw new HistoryDivergedError(header.workflowName, {
    location: "",
    recorded: `the end of the run, ${header.status}`,
    asked: wrote === null ? "waits for something else" : `goes on or ends otherwise (${wrote.status})`,
  });
}

function sourceOf(
  recorded: MemoryDump | EngineDriver,
  wanted: string | undefined,
): { driver: EngineDriver; workflowId: string } {
  if (!isRecorded(recorded)) {
    throw new InvalidArgumentError(
      `replay takes a dump of a memory store, or a driver; got ${describe(recorded)}.`,
    );
  }
  if ("load" in recorded) {
    checkMethods(recorded, "The driver", DRIVER_METHODS);
    if (wanted === undefined) {
      throw new InvalidArgumentError(
        "replay of a driver needs options.workflowId; a dump of one run does not.",
      );
    }
    return { driver: recorded, workflowId: wanted };
  }
  assertDump(recorded);
  const ids = recorded.runs.map(({ row }) => row.workflowId);
  const workflowId = wanted ?? ids[0];
  if (workflowId === undefined || !ids.includes(workflowId) || (wanted === undefined && ids.length > 1)) {
    throw new InvalidArgumentError(
      `The dump has ${ids.length} runs: name one of them in options.workflowId; got ${JSON.stringify(wanted)}.`,
    );
  }
  const driver: MemoryDriver = memoryDriver({ workflowId });
  driver.restore(recorded);
  return { driver, workflowId };
}

function isRecorded(given: unknown): boolean {
  try {
    return (
      typeof given === "object" && given !== null && ("load" in given || isArray(Reflect.get(given, "runs")))
    );
  } catch {
    return false;
  }
}

/** Shows a run as if it had not ended, and keeps everything from being written. */
class ReplayDriver implements EngineDriver {
  readonly limits: EngineDriver["limits"];
  readonly #inner: EngineDriver;
  readonly #workflowId: string;
  #tellWritten!: (batch: CommitBatch) => void;
  /** The first batch that the code would have written: the replay has ended there. */
  readonly written: Promise<CommitBatch> = new Promise((resolve) => {
    this.#tellWritten = resolve;
  });

  constructor(inner: EngineDriver, workflowId: string) {
    this.limits = inner.limits;
    this.#inner = inner;
    this.#workflowId = workflowId;
  }

  async load(): Promise<RunImage | null> {
    const image = await this.#inner.load();
    if (image === null) return null;
    const tag = runTagOf(this.#workflowId);
    const header = decodeHeader(tag, image.header);
    const open = { ...header, status: "sleeping", rollback: "none", pause: null, barrenStarts: 0 } as const;
    return { ...image, header: encodeHeader(tag, open), claimsWithoutCommit: 0 };
  }

  list(...page: Parameters<EngineDriver["list"]>): ReturnType<EngineDriver["list"]> {
    return this.#inner.list(...page);
  }

  commit(batch: CommitBatch): Promise<void> {
    // Holding the run is how the engine reports divergence; the run itself stays as it is.
    if (batch.status === "paused") return Promise.resolve();
    this.#tellWritten(batch);
    return new Promise(() => {});
  }

  applied(): Promise<boolean> {
    return Promise.resolve(false);
  }

  peekMessages(): Promise<[]> {
    return Promise.resolve([]);
  }

  enqueueMessage(): Promise<void> {
    return Promise.resolve();
  }

  waitForMessages(): Promise<void> {
    return new Promise(() => {});
  }
}
