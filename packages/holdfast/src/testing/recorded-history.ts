import type { Entry } from "../history/entry.ts";
import { decodeEntry } from "../history/entry-codec.ts";
import { hex, KeySpace, parseKey } from "../history/key.ts";
import { formatSegment } from "../history/location.ts";
import { openRow } from "../history/row.ts";
import { nameToldBy } from "../history/row-names.ts";
import { runTagOf } from "../history/run-tag.ts";
import { compareBytes } from "../storage/byte-order.ts";
import type { CommitBatch } from "../storage/records.ts";

/** A step that is committed. */
export interface CommittedStep {
  readonly location: string;
  readonly entry: Entry;
}

/**
 * What was committed, as a bystander sees it who reads every batch that was applied: it shares no state with the
 * engine, so that what the engine believes can be checked against it.
 */
export class RecordedHistory {
  readonly #tag: number;
  readonly #names: Map<number, string> = new Map();
  readonly #entries: Map<string, { readonly key: Uint8Array; readonly entry: Entry }> = new Map();
  readonly #consumed: Set<string> = new Set();
  /** What contradicts the promises, in words. */
  readonly problems: string[] = [];
  #begun = false;

  constructor(workflowId: string) {
    this.#tag = runTagOf(workflowId);
  }

  /** Whether the run exists. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Message ids that were consumed. */
  get consumed(): ReadonlySet<string> {
    return this.#consumed;
  }

  /** Takes in a batch that was applied. */
  apply(batch: CommitBatch): void {
    this.#begun = true;
    for (const { from, to } of batch.deleteRanges) {
      for (const [id, { key }] of this.#entries) {
        if (compareBytes(key, from) >= 0 && compareBytes(key, to) < 0) this.#entries.delete(id);
      }
    }
    for (const key of batch.deletes) this.#entries.delete(hex(key));
    for (const { key, value } of batch.puts) {
      const { space } = parseKey(key);
      const { body } = openRow(this.#tag, key, value);
      const told = nameToldBy(key, body);
      if (told !== null) this.#names.set(told.index, told.name);
      if (space === KeySpace.entry) this.#put(key, decodeEntry(body, hex(key)));
    }
    for (const id of batch.consume) {
      if (this.#consumed.has(id)) this.problems.push(`message ${id} was consumed twice`);
      this.#consumed.add(id);
    }
  }

  #put(key: Uint8Array, entry: Entry): void {
    const id = hex(key);
    const before = this.#entries.get(id)?.entry;
    if (before !== undefined && before.status !== "pending" && changed(before, entry)) {
      this.problems.push(`the committed result at "${this.#format(key)}" was changed`);
    }
    this.#entries.set(id, { key, entry });
  }

  /** Steps that are committed with their results. */
  get steps(): readonly CommittedStep[] {
    const steps: CommittedStep[] = [];
    for (const { key, entry } of this.#entries.values()) {
      if (entry.kind === "step" && entry.status !== "pending")
        steps.push({ location: this.#format(key), entry });
    }
    return steps;
  }

  /** The committed step at a location, if there is one. */
  step(location: string): Entry | undefined {
    return this.steps.find((step) => step.location === location)?.entry;
  }

  #format(key: Uint8Array): string {
    return parseKey(key)
      .segments.map((segment) => formatSegment(segment, (index) => this.#names.get(index) ?? `?${index}`))
      .join("/");
  }
}

function changed(before: Entry, after: Entry): boolean {
  if (before.status !== after.status || before.sequence !== after.sequence || before.kind !== after.kind)
    return true;
  if (before.result === null || after.result === null) return before.result !== after.result;
  return compareBytes(before.result, after.result) !== 0;
}
