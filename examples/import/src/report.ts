import type { Claim, Evidence } from "./proof.ts";
import { stepsOf } from "./witness.ts";

/** What was proved, and what it took. */
export interface Report {
  readonly claims: readonly Claim[];
  readonly evidence: readonly Evidence[];
  readonly kills: number;
  readonly durationMs: number;
}

/** The last thing that the program says. */
export function formatReport({ claims, evidence, kills, durationMs }: Report): string {
  const steps = evidence.flatMap(({ history }) => stepsOf(history));
  const starts = evidence.flatMap((one) => one.starts);
  const attempts = new Set(starts.map(({ key, attempt }) => `${attempt} ${key}`));
  const lines: [string, string, string][] = [
    ["runs", String(evidence.length), "one approved and published, one refused and rolled back"],
    ["steps", String(steps.length), ""],
    [
      "kills survived",
      String(kills),
      `${starts.length - attempts.size} bodies were cut off and started again`,
    ],
    ["retries", String(sum(steps.map((step) => step.attempts - 1))), "after a failure"],
    ["commits", String(sum(evidence.map(({ history }) => history.revision))), "of the engine's storage"],
    ["time", `${(durationMs / 1_000).toFixed(1)} s`, ""],
  ];
  const proved = claims.map(({ claim, fault }) =>
    fault === undefined ? `✓ ${claim}` : `✗ ${claim}: ${fault}`,
  );
  const table = lines.map(([what, value, remark]) =>
    `  ${what.padEnd(14)}  ${value.padStart(7)}  ${remark}`.trimEnd(),
  );
  return `\n${proved.join("\n")}\n\n${table.join("\n")}\n`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
