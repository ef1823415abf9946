import type { Place } from "../../history/place.ts";
import { SeldomMap } from "../../model/seldom.ts";
import { Owed } from "./owed.ts";
import type { Asked } from "./unasked.ts";

/** A `getVersion` that was asked for before the end of the replay and has no recorded answer. */
export interface VersionGate {
  readonly scope: { readonly closed: boolean };
  /** Whether the run is past it, as what was to be asked for by the end of this turn shows. */
  readonly isBehind: (turn: number) => boolean;
  /** The run went past it in this turn: it is pinned to version 1. */
  readonly pass: () => void;
  readonly resolve: (version: "first" | "latest") => void;
}

/** Owns: the version gates of a replay that wait for an answer, and what tells it. */
export class VersionGates {
  readonly #asked: Asked;
  readonly #isOver: boolean;
  #waiting: VersionGate[] = [];
  readonly #owed: SeldomMap<Place, Owed> = new SeldomMap();

  /** `isOver`: the run has ended, so that it is past all of them. */
  constructor(asked: Asked, isOver: boolean) {
    this.#asked = asked;
    this.#isOver = isOver;
  }

  get waiting(): boolean {
    return this.#waiting.length > 0;
  }

  add(gate: VersionGate): void {
    this.#waiting.push(gate);
  }

  /** The first recorded place below this one that was not asked for, though it was to be by the end of `turn`. */
  owedBelow(place: Place, turn: number): Place | undefined {
    const owed =
      this.#owed.get(place) ?? new Owed(place, this.#asked, { dueBy: ({ askedAfter }) => askedAfter });
    this.#owed.set(place, owed);
    return owed.by(turn);
  }

  /**
   * Answers the gates that the run is past, as far as the end of a turn shows: what the older code went on with comes before what it
   * was handed later (P5).
   */
  answerPassed(turn: number): void {
    const passed = this.#waiting.filter((gate) => !gate.scope.closed && gate.isBehind(turn));
    if (passed.length === 0) return;
    this.#waiting = this.#waiting.filter((gate) => !passed.includes(gate));
    for (const gate of passed) gate.pass();
  }

  /**
   * Answers the gates at the end of the replay (ARCHITECTURE 3): code that waits at a gate while recorded operations of its
   * scope were not asked for is newer than the run, so the run is pinned to version 1; else it is new here.
   * @returns whether there was a gate to answer.
   */
  answerAll(): boolean {
    const waiting = this.#waiting.filter((gate) => !gate.scope.closed);
    this.#waiting = [];
    const answers = waiting.map((gate) =>
      this.#isOver || gate.isBehind(Number.POSITIVE_INFINITY) ? ("first" as const) : ("latest" as const),
    );
    for (const [at, gate] of waiting.entries()) gate.resolve(answers[at] ?? "latest");
    return waiting.length > 0;
  }
}
