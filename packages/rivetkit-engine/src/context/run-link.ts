import { type Journal, type Place, SegmentType } from "holdfast/embedding";
import type { TryStepFailure } from "../model/context.ts";
import type { WorkflowSpan } from "../model/telemetry.ts";
import { RunningSteps } from "../run/running-steps.ts";

/** Which operation an error came from, as `try` tells it. */
export interface FailureOrigin {
  readonly source: "step" | "join" | "race";
  readonly name: string;
  readonly step?: TryStepFailure;
}

/** A step of a context's path; names are looked up when the path is followed. */
export type PathStep =
  | { readonly type: "name" | "branch"; readonly name: string }
  | { readonly type: "iteration"; readonly index: number };

/**
 * What the contexts of one run share beside the engine.
 */
export class RunLink {
  readonly workflowId: string;
  /** Aborted when the run is evicted here: bodies are let end, but may hurry. */
  readonly evicting: AbortController = new AbortController();
  readonly origins: WeakMap<object, FailureOrigin> = new WeakMap();
  readonly running: RunningSteps;
  /** Tells that these messages need no answer. */
  readonly release: (messageIds: readonly string[]) => void;
  /** What is known of the run; null before it was read. */
  journal: Journal | null = null;
  span: WorkflowSpan | null = null;

  constructor(workflowId: string, release: (messageIds: readonly string[]) => void) {
    this.workflowId = workflowId;
    this.running = new RunningSteps(workflowId);
    this.release = release;
  }

  note(error: unknown, origin: FailureOrigin | undefined): void {
    if (origin !== undefined && typeof error === "object" && error !== null) this.origins.set(error, origin);
  }

  originOf(error: unknown): FailureOrigin | undefined {
    return typeof error === "object" && error !== null ? this.origins.get(error) : undefined;
  }

  /** The place at the end of a path, if the history has it. */
  placeAt(path: readonly PathStep[]): Place | undefined {
    const { journal } = this;
    let place = journal?.root;
    for (const step of path) {
      if (place === undefined || journal === null) return undefined;
      if (step.type === "iteration") place = place.existing(SegmentType.iteration, step.index);
      else {
        const index = journal.knownName(step.name);
        place = index === undefined ? undefined : place.existing(SegmentType[step.type], index);
      }
    }
    return place;
  }
}
