import * as door from "holdfast";
import { HoldfastError } from "holdfast";
import { describe, expect, it } from "vitest";

/** What is to be called or read, beside errors and defaults. */
const NAMES = [
  "Loop",
  "MAX_DURATION_MS",
  "abortable",
  "createClient",
  "createHost",
  "defaultCodec",
  "defineWorkflow",
  "kvDriver",
  "runWorkflow",
];

function isError(value: unknown): boolean {
  return typeof value === "function" && (value === HoldfastError || value.prototype instanceof HoldfastError);
}

describe("the main door", () => {
  it("gives every error, the defaults, and what is promised beside them", () => {
    const others = Object.entries(door).filter(
      ([name, value]) => !isError(value) && !name.startsWith("DEFAULT_"),
    );
    expect(others.map(([name]) => name).sort()).toEqual(NAMES);
  });
});
