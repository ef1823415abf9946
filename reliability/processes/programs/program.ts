/** What a body does to its own process. */
export interface Hazard {
  /**
   * `block` keeps the event loop busy for `BLOCK_MS`; `exhaust` allocates until the process dies; `throw` throws outside of
   * any await; `exit` ends the process.
   */
  readonly kind: "block" | "exhaust" | "throw" | "exit";
  /** In how many of the first starts; null: in each. */
  readonly times: number | null;
}

/** A step with an effect. */
export interface StepNode {
  readonly kind: "step";
  readonly name: string;
  /** Milliseconds that the body works. */
  readonly workMs?: number;
  /** Attempts that fail before one succeeds. @default 0 */
  readonly failures?: number;
  /** @default 3 */
  readonly maxRetries?: number;
  /** @default at-least-once */
  readonly delivery?: "at-most-once";
  /** A handler, and how often it fails before it succeeds. */
  readonly rollback?: { readonly failures: number };
  readonly hazard?: Hazard;
}

/** One operation of a program, or a block of them. Names are unique in their scope. */
export type Node =
  | StepNode
  | { readonly kind: "sleep"; readonly name: string; readonly ms: number }
  /** Receives one message of one of these names. */
  | {
      readonly kind: "receive";
      readonly name: string;
      readonly messages: readonly string[];
      readonly timeoutMs?: number;
    }
  /** Receives up to `count` messages at once. */
  | { readonly kind: "batch"; readonly name: string; readonly message: string; readonly count: number }
  /** Receives a request, computes the answer in a step, and answers. */
  | { readonly kind: "serve"; readonly name: string; readonly message: string }
  | {
      readonly kind: "loop";
      readonly name: string;
      readonly iterations: number;
      readonly body: Program;
      readonly historySize?: number;
    }
  | { readonly kind: "join"; readonly name: string; readonly branches: readonly Program[] }
  | { readonly kind: "race"; readonly name: string; readonly branches: readonly Program[] }
  | {
      readonly kind: "map";
      readonly name: string;
      readonly items: number;
      readonly concurrency: number;
      readonly body: Program;
    }
  /** A block whose failure is data. */
  | { readonly kind: "try"; readonly name: string; readonly body: Program }
  /** Starts another run from a step and waits for its report. */
  | { readonly kind: "child"; readonly name: string; readonly program: Program }
  | { readonly kind: "checkpoint"; readonly name: string }
  /** Newer code has one more step here, behind a version gate. */
  | { readonly kind: "gate"; readonly name: string }
  /** The program fails here. */
  | { readonly kind: "fail"; readonly name: string };

/** What is done one after the other. */
export type Program = readonly Node[];

/** What a run of a program starts with. */
export interface ProgramInput {
  readonly program: Program;
  /** Who waits for a report of the end; null: nobody. */
  readonly parent: string | null;
}

/** How a run has to end. */
export type Ending = "completed" | "failed" | "cancelled" | "crash-loop";

/** A program with a name, and how a run of it ends. */
export interface NamedProgram {
  readonly name: string;
  readonly program: Program;
  readonly ends: Ending;
}

/** How long a blocking body blocks: several leases of the rigs. */
export const BLOCK_MS = 3_000;
