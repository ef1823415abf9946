import type { CaseReport, Problem } from "../modes/mode.ts";
import { addCoverage, type Coverage } from "./coverage.ts";

/** What all cases of a mode have shown together. */
export interface ModeReport {
  readonly mode: string;
  readonly cases: number;
  readonly worlds: number;
  readonly events: number;
  readonly facts: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly coverage: Coverage;
  readonly problems: readonly Problem[];
  readonly seconds: number;
}

/** Adds up the reports of a mode's cases. */
export class ModeTotal {
  readonly #mode: string;
  readonly #since = performance.now();
  readonly #faults: Record<string, number> = {};
  readonly #coverage: Coverage = {};
  readonly #problems: Problem[] = [];
  #cases = 0;
  #worlds = 0;
  #events = 0;
  #facts = 0;

  constructor(mode: string) {
    this.#mode = mode;
  }

  add(report: CaseReport): void {
    this.#cases++;
    this.#worlds += report.worlds;
    this.#events += report.events;
    this.#facts += report.facts;
    addCoverage(this.#faults, report.faults);
    addCoverage(this.#coverage, report.coverage);
    this.#problems.push(...report.problems);
  }

  get report(): ModeReport {
    return {
      mode: this.#mode,
      cases: this.#cases,
      worlds: this.#worlds,
      events: this.#events,
      facts: this.#facts,
      faults: this.#faults,
      coverage: this.#coverage,
      problems: this.#problems,
      seconds: Math.round((performance.now() - this.#since) / 100) / 10,
    };
  }
}
