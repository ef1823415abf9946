import { zombieAtFailpoint } from "../harms/zombies.ts";
import {
  FAILPOINTS,
  type Failpoint,
  type FailpointAction,
  type FailpointSpec,
} from "../members/failpoints.ts";
import { canonicalPrograms } from "../programs/canonical.ts";
import type { NamedProgram } from "../programs/program.ts";
import { standstillProblem } from "../round/child.ts";
import type { Play } from "../round/play.ts";
import { planOf } from "./plans.ts";
import type { Scenario } from "./scenario.ts";

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
  return async ({ crew }) => {
    const { signal } = await crew.member(name).ended;
    return { kills: signal === "SIGKILL" ? 1 : 0 };
  };
}

function* everyFailpoint(action: FailpointAction): Iterable<Play> {
  for (const passage of PASSAGES) {
    for (const name of FAILPOINTS) {
      for (const program of canonicalPrograms) yield atFailpoint(program, { name, passage, action });
    }
  }
}

/** Each failpoint with one program and passage; the seed says which, and where to begin. */
function* someFailpoints(action: FailpointAction, seed: number): Iterable<Play> {
  for (let index = 0; index < FAILPOINTS.length; index++) {
    const name = FAILPOINTS[(seed + index) % FAILPOINTS.length] as Failpoint;
    const program = canonicalPrograms[(seed + index * 5) % canonicalPrograms.length] as NamedProgram;
    const passage = PASSAGES[(seed + index) % PASSAGES.length] as number;
    yield atFailpoint(program, { name, passage, action });
  }
}

function failpoints(
  action: FailpointAction,
  about: Pick<Scenario, "id" | "title" | "counted" | "amount">,
): Scenario {
  return {
    ...about,
    parallel: 2,
    plays: ({ seed, form }) => (form === "short" ? someFailpoints(action, seed) : everyFailpoint(action)),
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
