import type { Coverage } from "../report/coverage.ts";
import type { Scenario } from "../world/scenario.ts";
import type { Finding } from "./judge.ts";

/** One way of looking for defects. */
export interface Mode {
  readonly name: string;
  /** What it does, in a line. */
  readonly title: string;
  /** How many cases there are, numbered from 0; null: one for each seed. */
  readonly cases: number | null;
  /** @param id a seed (32 hexadecimal digits), or a case's number with, after a slash, the faults of one world of it */
  play(id: string): Promise<CaseReport>;
  /** The world that an id plays first. */
  scenario(id: string): Scenario;
}

/** What playing one case has shown. Plain data: it comes from another thread. */
export interface CaseReport {
  readonly id: string;
  /** Worlds that were played. */
  readonly worlds: number;
  readonly events: number;
  readonly facts: number;
  /** Faults and incidents that came, by name. */
  readonly faults: Readonly<Record<string, number>>;
  readonly coverage: Coverage;
  readonly problems: readonly Problem[];
}

/** Something that is wrong, and what plays it again. */
export interface Problem extends Finding {
  /** The id that plays just this world. */
  readonly replay: string;
}
