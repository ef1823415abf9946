import { escapeName } from "#holdfast/history/location.ts";
import type { Failure } from "./end.ts";

/** A scope of the code: the place in the history below which its operations stand. */
export class ScopePlace {
  readonly path: string;
  /** Sends so far, by name. */
  readonly sends: Map<string, number> = new Map();
  /** Steps that strands have begun and that have not ended. */
  readonly running: string[] = [];
  /** A failure of an operation that nobody waits for. */
  unseen: { readonly path: string; readonly failure: Failure } | null = null;

  constructor(path: string) {
    this.path = path;
  }

  at(segment: string): string {
    return this.path === "" ? segment : `${this.path}/${segment}`;
  }

  named(name: string): string {
    return this.at(escapeName(name));
  }
}
