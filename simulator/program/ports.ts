import type { ProgramFact } from "../evidence/fact.ts";
import type { BodyCall, CallingBody } from "./body-call.ts";
import type { Late } from "./fit.ts";

/** What a compiled program has of the process that it runs in. After the death of the process nothing comes of any of them. */
export interface ProgramPorts {
  /** Tells the world what happened. */
  record(fact: ProgramFact): void;
  /** Resolves after `ms` of the process's time; earlier when the signal is aborted; never when the process is dead. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Ends the process, if fewer than `most` starts at this place of the run have ended one; whether it did. */
  die(at: { readonly run: string; readonly path: string; readonly start: number }, most: number): boolean;
  /** The workflow id of a run of the world by its number; some id that no run has where there is no such number. */
  workflowId(run: number): string;
  /** Does what a body asks for by a handle; resolves when it has an answer, whatever that is. @default nothing */
  call?(call: BodyCall, body: CallingBody): Promise<void>;
  /** A number for the start of a body or handler, from 1; unique in the world. */
  nextStart(): number;
  /** How often the function of this run was called in the world, from 1. */
  nextPass(run: string): number;
  /** When the schemas of a program answer. @default it has none */
  readonly late?: Late;
}
