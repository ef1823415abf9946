import type { CaseReport } from "../modes/mode.ts";

/** What a worker is asked to play. */
export interface Order {
  readonly mode: string;
  readonly id: string;
}

/** What a worker answers: the report, or why it could not play at all. */
export type Answer =
  | { readonly order: Order; readonly report: CaseReport }
  | { readonly order: Order; readonly broken: string };
