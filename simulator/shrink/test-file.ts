import type { Shrunk } from "./shrink.ts";

/** A test file that needs nothing but the simulator: for simulator/test/found. */
export function testFile(
  shrunk: Shrunk,
  found: { readonly invariant: string; readonly replay: string },
): string {
  return `import { expect, it } from "vitest";
import { judge } from "../../modes/judge.ts";
import type { Scenario } from "../../world/scenario.ts";

// Found by --seed ${found.replay}: ${shrunk.problem.replaceAll("\n", " ")}
const scenario: Scenario = ${JSON.stringify(shrunk.scenario, null, 2)};

it("keeps ${found.invariant}", async () => {
  const { findings } = await judge(scenario);
  expect(findings).toEqual([]);
});
`;
}
