import { canonicalPrograms } from "../programs/canonical.ts";
import type { Hazard, NamedProgram } from "../programs/program.ts";
import { outsiders, workers } from "./crews.ts";
import { planOf, roundSeeds } from "./plans.ts";
import type { Scenario } from "./scenario.ts";

/** A program with a step that does something to its process, between two that do not. */
function hazardous(kind: Hazard["kind"], times: number | null): NamedProgram {
  return {
    name: `${kind}-${times ?? "always"}`,
    ends: times === null ? "crash-loop" : "completed",
    program: [
      { kind: "step", name: "before" },
      { kind: "step", name: "hazard", hazard: { kind, times } },
      { kind: "step", name: "after" },
    ],
  };
}

/** Claims without a commit before a run is held. */
const CRASH_BUDGET = 6;

interface HazardAbout extends Pick<Scenario, "id" | "title" | "amount"> {
  readonly kind: Hazard["kind"];
  readonly flags?: readonly string[];
}

function dying({ kind, flags = [], ...about }: HazardAbout): Scenario {
  return {
    ...about,
    counted: "hazards",
    *plays({ seed }) {
      for (const round of roundSeeds(seed)) {
        const programs = [
          hazardous(kind, 1),
          hazardous(kind, 2),
          hazardous(kind, null),
          ...canonicalPrograms,
        ];
        const crew = workers(2, { leaseMs: 1_000, crashBudget: CRASH_BUDGET });
        yield {
          plan: { ...planOf(programs), seed: round },
          members: [...crew.map((worker) => ({ ...worker, flags })), ...outsiders(1)],
          deadly: true,
        };
      }
    },
  };
}

const blocking: Scenario = {
  id: "blocks",
  title: "steps that block the event loop past the lease",
  counted: "hazards",
  amount: { short: 2, long: 20 },
  *plays({ seed }) {
    for (const round of roundSeeds(seed)) {
      const programs = [hazardous("block", 1), hazardous("block", 2), ...canonicalPrograms];
      const plan = { ...planOf(programs), seed: round };
      yield { plan, members: [...workers(2, { leaseMs: 1_000 }), ...outsiders(1)] };
    }
  },
};

/** K5, K6 and K7. */
export const hazardScenarios: readonly Scenario[] = [
  blocking,
  dying({
    id: "memory",
    title: "steps that exhaust the memory of their process",
    kind: "exhaust",
    flags: ["--max-old-space-size=48"],
    amount: { short: 3, long: 45 },
  }),
  dying({
    id: "uncaught",
    title: "errors that are thrown where nobody awaits them",
    kind: "throw",
    amount: { short: 3, long: 45 },
  }),
  dying({ id: "exits", title: "steps that end their process", kind: "exit", amount: { short: 3, long: 45 } }),
];
