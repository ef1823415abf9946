import { zombieAtFailpoint } from "../harms/zombies.ts";
import { FAILPOINTS, type FailpointAction, type FailpointSpec } from "../members/failpoints.ts";
import { canonicalPrograms } from "../programs/canonical.ts";
import type { NamedProgram } from "../programs/program.ts";
import { standstillProblem } from "../round/child.ts";
import { until } from "../round/pause.ts";
import type { Play } from "../round/play.ts";
import { planOf } from "./plans.ts";
import type { Form, Scenario } from "./scenario.ts";

/** Short: whoever comes after waits for the lease of the one who was killed. */
const LEASE_MS = 400;
/** The passages of each failpoint that are tried. */
const PASSAGES = [1, 2, 4];

/** One process is everything: worker and sender. Somebody else is there to take over where it only stops. */
function atFailpoint(program: NamedProgram, failpoint: FailpointSpec): Play {
  const work = { leaseMs: LEASE_MS };
  const subject = { name: "subject", work, send: { index: 0, of: 1 }, failpoint };
  const plan = planOf([program]);
  if (failpoint.action === "stop") {
    const members = [subject, { name: "other", work }];
    return { plan, members, harm: zombieAtFailpoint(subject.name, LEASE_MS) };
  }
  return { plan, members: [subject], harm: countItsKill(subject.name) };
}

/** Whether the process got to its failpoint: some programs never pass some of them. */
function countItsKill(name: string): NonNullable<Play["harm"]> {
  return async ({ crew, signal }) => {
    const child = crew.member(name);
    const end = await until(() => (child.alive ? undefined : child.ended), signal);
    return { kills: end?.signal === "SIGKILL" ? 1 : 0 };
  };
}

/** Every failpoint at every passage of every program. */
const CASES = PASSAGES.flatMap((passage) =>
  FAILPOINTS.flatMap((name) => canonicalPrograms.map((program) => ({ passage, name, program }))),
);

/** From one case to the next: one after the other, or those that are not alike; each comes once. */
const STRIDES: Readonly<Record<Form, number>> = { short: 125, long: 1 };

/** The seed says which case is the first. */
function* casesFrom(seed: number, form: Form, action: FailpointAction): Iterable<Play> {
  for (let count = 0; count < CASES.length; count++) {
    const index = (seed + count * STRIDES[form]) % CASES.length;
    const { program, name, passage } = CASES[index] as (typeof CASES)[number];
    const play = atFailpoint(program, { name, passage, action });
    yield { ...play, plan: { ...play.plan, seed: index } };
  }
}

function failpoints(
  action: FailpointAction,
  about: Pick<Scenario, "id" | "title" | "counted" | "amount">,
): Scenario {
  return {
    ...about,
    parallel: 2,
    plays: ({ seed, form }) => casesFrom(seed, form, action),
  };
}

/** K2, and K3 at the same places. */
export const failpointScenarios: readonly Scenario[] = [
  failpoints("kill", {
    id: "failpoints",
    title: "SIGKILL at every failpoint of every program",
    counted: "kills",
    amount: { short: 12, long: Number.POSITIVE_INFINITY },
  }),
  {
    ...failpoints("stop", {
      id: "failpoint-zombies",
      title: "SIGSTOP at every failpoint of every program, past the lease",
      counted: "zombies",
      amount: { short: 4, long: Number.POSITIVE_INFINITY },
    }),
    unavailable: standstillProblem,
  },
];
