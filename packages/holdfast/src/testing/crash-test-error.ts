import type { PlannedFault } from "./crash-driver.ts";

/** Thrown when a run with faults did not keep a promise. */
export class CrashTestError extends Error {
  /** Which faults were injected, first process first. */
  readonly faults: readonly (readonly PlannedFault[])[];

  constructor(
    name: string,
    faults: readonly (readonly PlannedFault[])[],
    problems: readonly string[],
    options?: ErrorOptions,
  ) {
    const told = faults
      .map((list) =>
        list.map(({ operation, fault }) => `${fault} at operation ${operation} of the storage`).join(" and "),
      )
      .join(", then ");
    super(`${name}, ${told === "" ? "without faults" : told}:\n- ${problems.join("\n- ")}`, options);
    this.name = "CrashTestError";
    this.faults = faults;
  }
}
