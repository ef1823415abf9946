import { createHash } from "node:crypto";
import type { Fact, FactBody } from "../evidence/fact.ts";

/** Everything that happened, in order, and a number for all of it: two worlds with the same number were the same. */
export class Chronicle {
  readonly facts: Fact[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  record(process: string, body: FactBody): void {
    this.facts.push({ n: this.facts.length, at: this.#now(), process, ...body });
  }

  digest(): string {
    const hash = createHash("sha256");
    for (const fact of this.facts) hash.update(JSON.stringify(fact, plain));
    return hash.digest("hex").slice(0, 16);
  }
}

/** Bytes count by their length and sum; what no JSON has counts by its text. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array)
    return `${value.length}:${value.reduce((sum, byte) => (sum * 31 + byte) | 0, 0)}`;
  if (typeof value === "bigint") return String(value);
  return value;
}
