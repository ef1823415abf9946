import type { RunOrder } from "./program.ts";
import type { Figures, WorkCase } from "./work.ts";

/** What a child process is to do; plain data. */
export interface ChildRequest {
  readonly subject: string;
  readonly work: string;
  readonly workCase: WorkCase;
  readonly folder: string;
  readonly postgresUrl: string;
  /** Present: only bring this run to its wait, and end. */
  readonly prepare?: RunOrder;
}

export type ChildAnswer = { readonly figures: Figures } | { readonly error: string };
