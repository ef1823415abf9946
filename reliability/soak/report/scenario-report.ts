import type { Findings } from "./check.ts";

/** What one scenario found, and how long it took. */
export interface ScenarioReport extends Findings {
  readonly id: string;
  readonly title: string;
  readonly seconds: number;
}
