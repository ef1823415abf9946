import fc, { type Arbitrary } from "fast-check";
import { ENTRY_KINDS, type Entry } from "../../src/history/entry.ts";
import type { RunHeader } from "../../src/history/header.ts";
import { RUN_STATES } from "../../src/model/run.ts";

/** Generators of what stands in a run's rows. */

/** Objects as decoders make them. */
export function plain<Model extends object>(
  model: { [Key in keyof Model]: Arbitrary<Model[Key]> },
): Arbitrary<Model> {
  return fc.record(model, { noNullPrototype: true }) as Arbitrary<Model>;
}

export const bytes: Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 40 });
const maybe = <T>(value: Arbitrary<T>): Arbitrary<T | null> => fc.option(value, { nil: null });
export const instant: Arbitrary<number> = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((n) => (n === 0 ? 0 : n));
export const entry: Arbitrary<Entry> = plain({
  kind: fc.constantFrom(...ENTRY_KINDS),
  status: fc.constantFrom("pending", "completed", "failed"),
  sequence: fc.maxSafeNat(),
  askedAfter: fc.maxSafeNat(),
  createdAt: instant,
  settledAt: instant,
  beganAt: instant,
  beganIn: fc.maxSafeNat(),
  dueAt: maybe(instant),
  count: fc.maxSafeNat(),
  armed: fc.boolean(),
  leftover: fc.boolean(),
  checkpointed: fc.boolean(),
  result: maybe(bytes),
  extra: maybe(bytes),
  detail: maybe(bytes),
  compensation: maybe(
    plain({
      attempts: fc.maxSafeNat(),
      done: fc.boolean(),
      retryAt: maybe(instant),
      failure: maybe(bytes),
    }),
  ),
});
export const text: Arbitrary<string> = fc.string({ maxLength: 20, unit: "binary" });
export const u32: Arbitrary<number> = fc.integer({ min: 0, max: 2 ** 32 - 1 });
export const header: Arbitrary<RunHeader> = plain({
  status: fc.constantFrom(...RUN_STATES),
  epoch: fc.maxSafeNat(),
  revision: fc.maxSafeNat(),
  sequence: fc.maxSafeNat(),
  wakeAt: maybe(instant),
  workflowName: text,
  workflowVersion: maybe(text),
  createdAt: instant,
  lastTime: instant,
  seed: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  digest: plain({ rows: fc.maxSafeNat(), low: u32, high: u32 }),
  rollback: fc.constantFrom("none", "failure", "cancel"),
  pause: maybe(fc.constantFrom("operator", "divergence", "corruption", "crash-loop", "limit")),
  barrenStarts: fc.maxSafeNat(),
  checkpointAt: fc.maxSafeNat(),
});
