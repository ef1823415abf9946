import { type AnswersTo, answerPlace } from "../../history/answers.ts";
import { SegmentType } from "../../history/location.ts";
import type { Place } from "../../history/place.ts";
import type { WorkflowContext } from "../../model/context.ts";
import { LimitError } from "../../model/errors/argument-errors.ts";
import { BranchAbandonedError } from "../../model/errors/run-errors.ts";
import { SeldomMap, SeldomSet } from "../../model/seldom.ts";
import { Draws } from "./draws.ts";
import type { Run } from "./run.ts";
import type { WatchedPromise } from "./watched-promise.ts";

/** Of places whose blocks run several functions at once. */
const SIDE_BY_SIDE: ReadonlySet<SegmentType> = new Set([SegmentType.branch, SegmentType.item]);

/** One strand of sequential code: the root, or a branch. What must not be interleaved is kept here. */
export interface Strand {
  /** Completable messages that were received and not answered yet, by id. */
  readonly unanswered: SeldomMap<string, Unanswered>;
}

/** A message that is owned until it is answered. */
export interface Unanswered {
  /** The name of the wait that received it, and the scope of that. */
  readonly wait: string;
  readonly scope: Scope;
  /** Where its answers stand. */
  readonly answers: AnswersTo;
  /** The place of the answer that was given last, which may still be refused. */
  given: Place | null;
}

/**
 * Owns: what belongs to one invocation of a function with a context: the names that it has used, its logical time,
 * its random stream, what must be let go of when it ends.
 * Does not own: entries (journal), contexts (context.ts).
 * Invariants: a closed scope starts nothing and is handed nothing; closing closes everything inside.
 */
export class Scope {
  readonly run: Run;
  readonly place: Place;
  readonly depth: number;
  readonly strand: Strand;
  /** Steps that run or wait for a retry: of this scope, and of all scopes of the execution. */
  readonly #running: Set<Place> = new Set();
  readonly allRunning: Set<Place>;
  /** Sends and answers that are not durable yet: the function of the scope has not ended before they are. */
  readonly departing: SeldomSet<WatchedPromise<unknown>> = new SeldomSet();
  /** Recorded failures that nobody has looked at. */
  readonly unseenFailures: SeldomMap<Place, () => unknown> = new SeldomMap();
  /** Operations of this scope by name index: kind, and how many messages were sent under it. */
  readonly claimed: Map<number, string> = new Map();
  readonly sends: SeldomMap<number, number> = new SeldomMap();
  /** Names of messages whose sends the code no longer has. */
  readonly removedSends: SeldomSet<string> = new SeldomSet();
  /** Called for every step that is committed with a rollback handler, in this scope or inside. */
  onArmed: (() => void) | null = null;
  /** Of the innermost loop around: how many steps with rollback handlers it holds, whether its code has been handed them or not. */
  loopArmed: { readonly loop: Place; count: number } | null = null;
  /** Logical time: when the last result that this scope was handed had settled. */
  time: number;
  /** A rollback checkpoint was passed before this scope began, though a replay may begin after it. */
  checkpointed = false;
  closed = false;
  /** Its function has ended. */
  ended = false;
  /** Closed from outside: its code is left behind, and what it asks for never comes. */
  left = false;
  readonly #parent: Scope | null;
  /** Null while there was none. */
  #inner: Set<Scope> | null = null;
  #cleanups: Set<(reason: unknown) => void> | null = null;
  readonly #makeContext: (scope: Scope) => WorkflowContext;
  #context: WorkflowContext | null = null;
  /** One for each seed that it has drawn from. */
  #draws: Map<Uint8Array, Draws> | null = null;
  #abort: AbortController | null = null;
  #reason: unknown;

  private constructor(origin: {
    run: Run;
    place: Place;
    parent: Scope | null;
    strand: Strand;
    makeContext: (scope: Scope) => WorkflowContext;
    time: number;
  }) {
    this.run = origin.run;
    this.place = origin.place;
    this.#parent = origin.parent;
    this.depth = origin.parent === null ? 0 : origin.parent.depth + 1;
    this.allRunning = origin.parent === null ? new Set() : origin.parent.allRunning;
    this.strand = origin.strand;
    this.#makeContext = origin.makeContext;
    this.time = origin.time;
  }

  /** The scope of the workflow function. */
  static root(run: Run, makeContext: (scope: Scope) => WorkflowContext): Scope {
    const time = run.journal.header.createdAt;
    return new Scope({ run, place: run.journal.root, parent: null, strand: newStrand(), makeContext, time });
  }

  /** @throws LimitError when a block at this place would be nested too deep. */
  checkDepth(place: Place): void {
    const maximum = this.run.limits.depth;
    if (this.depth < maximum) return;
    throw new LimitError({
      limit: "depth",
      maximum,
      actual: this.depth + 1,
      where: `The nesting of blocks at "${this.run.journal.format(place)}"`,
      remedy: "Flatten the workflow, or raise the limit.",
    });
  }

  /** A scope inside this one. `parallel`: it runs beside others, on a strand of its own. */
  open(place: Place, parallel: boolean): Scope {
    const strand = parallel ? newStrand() : this.strand;
    const inner = new Scope({
      run: this.run,
      place,
      parent: this,
      strand,
      makeContext: this.#makeContext,
      time: this.time,
    });
    inner.loopArmed = this.loopArmed;
    inner.checkpointed = this.checkpointed;
    this.#inner ??= new Set();
    this.#inner.add(inner);
    if (!this.run.live) this.run.asked.set(place, "scope");
    if (this.closed) inner.close(this.#reason);
    return inner;
  }

  stepBegins(place: Place): void {
    this.#running.add(place);
    this.allRunning.add(place);
  }

  stepEnds(place: Place): void {
    this.#running.delete(place);
    this.allRunning.delete(place);
  }

  /** A step with a rollback handler was committed here. */
  armed(): void {
    for (let scope: Scope | null = this; scope !== null; scope = scope.#parent) scope.onArmed?.();
  }

  /** Whether what this scope does comes in between what the code around it does. */
  get sharesStrand(): boolean {
    return this.#parent?.strand === this.strand;
  }

  /** Whether `inner` is a scope inside this one. */
  encloses(inner: object): boolean {
    let at = inner instanceof Scope ? inner.#parent : null;
    while (at !== null && at !== this) at = at.#parent;
    return at === this;
  }

  /** Whether a replay that runs the code of `other` runs that of this scope too: they are one, or side by side in one block. */
  isReplayedWith(other: object): boolean {
    if (other === this) return true;
    if (!(other instanceof Scope) || other.#parent !== this.#parent) return false;
    const { parent, segment } = this.place;
    return parent === other.place.parent && segment !== null && SIDE_BY_SIDE.has(segment.type);
  }

  /** What leaves by an operation of this scope: the function that asks for it has not ended before it has left. */
  depart(operation: WatchedPromise<unknown>): void {
    this.departing.add(operation);
    const asking = this.run.world.code.current()?.scope;
    if (asking instanceof Scope && this.encloses(asking)) asking.departing.add(operation);
  }

  /**
   * The messages of this strand that have no answer yet. One that was given in a block stands in the history, though a
   * block that has ended is not entered again.
   */
  *unanswered(): IterableIterator<Unanswered & { readonly id: string }> {
    const { current } = this.run.turns;
    for (const [id, message] of this.strand.unanswered) {
      const place = answerPlace(message.answers, current);
      const taken = place.entry !== null && place.entry.sequence <= current;
      if (taken) this.strand.unanswered.delete(id);
      else if (place !== message.given) yield { id, ...message };
    }
  }

  /** Whether the code here has a rollback checkpoint behind it. */
  get pastCheckpoint(): boolean {
    const { journal, turns } = this.run;
    if (journal.checkpointAt === 0) return false;
    return this.checkpointed || journal.checkpointAt <= turns.current;
  }

  /** Places of the steps that still run here or inside. */
  *stillRunning(): IterableIterator<Place> {
    yield* this.#running;
    for (const scope of this.#inner ?? []) yield* scope.stillRunning();
  }

  get context(): WorkflowContext {
    this.#context ??= this.#makeContext(this);
    return this.#context;
  }

  get draws(): Draws {
    const { journal, seeds, turns } = this.run;
    const seed = seeds.of(turns.current);
    this.#draws ??= new Map();
    const draws = this.#draws.get(seed) ?? new Draws(seed, journal.format(this.place));
    this.#draws.set(seed, draws);
    return draws;
  }

  /** Aborted when the scope is left from outside. */
  get signal(): AbortSignal {
    if (this.#abort === null) {
      this.#abort = new AbortController();
      if (this.left) this.#abort.abort(this.#reason);
    }
    return this.#abort.signal;
  }

  /** Calls `cleanup` when the scope closes; the returned function takes that back. */
  onClose(cleanup: (reason: unknown) => void): () => void {
    this.#cleanups ??= new Set();
    this.#cleanups.add(cleanup);
    return () => {
      this.#cleanups?.delete(cleanup);
    };
  }

  /**
   * The function has ended: nothing starts here any more, what it left open is dropped. While rolling back nothing starts anyway,
   * and blocks inside may still be looked through for handlers: a finished one gives its result before that is done.
   */
  end(): void {
    this.ended = true;
    if (this.run.rollingBack) return;
    // An error takes longer to make than all else that ends here, and mostly there is nobody to be told.
    const open = (this.#cleanups?.size ?? 0) > 0 || (this.#inner?.size ?? 0) > 0;
    this.#close(open ? new BranchAbandonedError("The function that started this has ended.") : undefined);
  }

  /** Leaves the scope from outside: its signal and those of its bodies abort with `reason`. */
  close(reason: unknown): void {
    if (!this.closed) this.#markLeft(reason);
    this.#close(reason);
  }

  #markLeft(reason: unknown): void {
    this.left = true;
    this.#reason = reason;
    for (const scope of this.#inner ?? []) scope.#markLeft(reason);
  }

  #close(reason: unknown): void {
    if (this.closed) return;
    this.closed = true;
    for (const scope of [...(this.#inner ?? [])]) scope.#close(reason);
    for (const place of this.#running) this.allRunning.delete(place);
    for (const cleanup of [...(this.#cleanups ?? [])]) cleanup(reason);
    this.#cleanups = null;
    if (this.left) this.#abort?.abort(reason);
    if (this.#parent !== null) this.#parent.#inner?.delete(this);
  }
}

function newStrand(): Strand {
  return { unanswered: new SeldomMap() };
}
