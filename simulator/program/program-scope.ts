import { escapeName } from "#holdfast/history/location.ts";
import type { WorkflowContext } from "#holdfast/model/context.ts";
import type { Outcome, ProgramFact } from "../evidence/fact.ts";
import { canonicalText } from "./canonical.ts";
import type { ProgramPorts } from "./ports.ts";
import type { Block } from "./program.ts";

/** One call of the workflow function. */
interface Pass {
  readonly run: string;
  readonly number: number;
  readonly ports: ProgramPorts;
  readonly performBlock: PerformBlock;
}

/** What a block came to: a value for each of its statements that ran, and whether a `break` ended it. */
export interface BlockResult {
  readonly values: readonly unknown[];
  readonly broke: boolean;
}

/** Performs the statements of a block. `prefix` is where the block stands when it has no scope of its own. */
type PerformBlock = (scope: ProgramScope, block: Block, prefix: string) => Promise<BlockResult>;

/** A scope in which statements are performed: its context, its id, and what is told to the world of what happens there. */
export class ProgramScope {
  readonly ctx: WorkflowContext;
  readonly pass: Pass;
  /** The scope's id in history snapshots; empty for the workflow function. */
  readonly #id: string;
  readonly #sends: Map<string, number> = new Map();

  constructor(ctx: WorkflowContext, pass: Pass, id = "") {
    this.ctx = ctx;
    this.pass = pass;
    this.#id = id;
  }

  get ports(): ProgramPorts {
    return this.pass.ports;
  }

  /** The id of an operation of this scope. */
  idOf(name: string): string {
    return this.#child(escapeName(name));
  }

  /** What stands for an id where there is no entry: no name is written with a question mark. */
  mark(what: string, position: string): string {
    return this.#child(`?${what}:${position}`);
  }

  /** The id of the next message that is sent under this name. */
  nextSend(name: string): string {
    return this.#child(`>${escapeName(name)}/[${this.#sends.get(name) ?? 0}]`);
  }

  /** A message was sent under this name. */
  countSend(name: string): void {
    this.#sends.set(name, (this.#sends.get(name) ?? 0) + 1);
  }

  /** A scope inside this one, by the rest of its id. */
  inside(ctx: WorkflowContext, id: string): ProgramScope {
    return new ProgramScope(ctx, this.pass, id);
  }

  /** Performs a block in a scope inside this one, and gives the values of its statements. */
  async values(ctx: WorkflowContext, id: string, block: Block): Promise<readonly unknown[]> {
    const { values } = await this.pass.performBlock(this.inside(ctx, id), block, "");
    return values;
  }

  /** Calls an operation and tells what the code saw of it. */
  async see<Value>(path: string, operation: string, call: () => Promise<Value>): Promise<Value> {
    let value: Value;
    try {
      value = await call();
    } catch (error) {
      this.tellSeen(path, operation, { ok: false, error: canonicalText(error) });
      throw error;
    }
    this.tellSeen(path, operation, { ok: true, value: canonicalText(value) });
    return value;
  }

  tellSeen(path: string, operation: string, outcome: Outcome): void {
    this.tell({ type: "seen", run: this.pass.run, pass: this.pass.number, path, operation, outcome });
  }

  tell(fact: ProgramFact): void {
    this.ports.record(fact);
  }

  #child(segment: string): string {
    return this.#id === "" ? segment : `${this.#id}/${segment}`;
  }
}
