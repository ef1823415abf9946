import type { WorkflowContext } from "holdfast";

/** Notes that something ran, and gives `value`. */
export type Note = <T>(what: string, value?: T) => T;

/** The workflow of a case; `life` is the number of its process, from 1. */
export type SmokeWorkflow = (ctx: WorkflowContext, note: Note, life: number) => Promise<unknown>;
