import { addCoverage, type Coverage, coverageOf } from "../report/coverage.ts";
import type { Finding, Judged } from "./judge.ts";
import type { CaseReport, Problem } from "./mode.ts";

/** Adds up the worlds of a case. */
export class Tally {
  readonly #id: string;
  readonly #faults: Record<string, number> = {};
  readonly #coverage: Coverage = {};
  readonly #problems: Problem[] = [];
  #worlds = 0;
  #events = 0;
  #facts = 0;

  constructor(id: string) {
    this.#id = id;
  }

  /** @param replay the id that plays just this world */
  add({ world, findings }: Judged, replay = this.#id): void {
    const { facts } = world.evidence;
    this.#worlds++;
    this.#events += world.events;
    this.#facts += facts.length;
    for (const fact of facts) {
      const name = fact.type === "fault" ? fact.fault : INCIDENTS[fact.type];
      if (name !== undefined) this.#faults[name] = (this.#faults[name] ?? 0) + 1;
    }
    if (world.bodyCalls > 0) this.#faults["body-call"] = (this.#faults["body-call"] ?? 0) + world.bodyCalls;
    if (world.unanswered > 0) this.#faults.unanswered = (this.#faults.unanswered ?? 0) + world.unanswered;
    if (world.misheard > 0) this.#faults.misheard = (this.#faults.misheard ?? 0) + world.misheard;
    addCoverage(this.#coverage, coverageOf(facts));
    this.complain(findings, replay);
  }

  complain(findings: readonly Finding[], replay = this.#id): void {
    for (const finding of findings) this.#problems.push({ ...finding, replay });
  }

  get report(): CaseReport {
    return {
      id: this.#id,
      worlds: this.#worlds,
      events: this.#events,
      facts: this.#facts,
      faults: this.#faults,
      coverage: this.#coverage,
      problems: this.#problems,
    };
  }
}

const INCIDENTS: Readonly<Record<string, string>> = {
  "process-killed": "kill",
  "process-paused": "pause",
  "process-stopping": "stop",
  "clock-set": "clock-jump",
  corrupted: "corruption",
};
