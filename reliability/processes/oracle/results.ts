import type { CommittedEntry, Founded } from "../ledger/ledger-record.ts";
import { type Evidence, groupBy } from "./evidence.ts";
import type { Violation } from "./violation.ts";

/** Something that code of a run has seen at a place. */
interface Sight {
  readonly run: string;
  readonly path: string;
  readonly token: string;
}

/** I6: at one place all code sees the same, whenever and wherever it runs; and a step's value is one that its body made. */
export function judgeResults(evidence: Evidence): Violation[] {
  const sights = allSights(evidence);
  const violations: Violation[] = [];
  const bodies = groupBy(evidence.of("body-start", "body-end"), ({ run, path }) => [run, path]);
  for (const seen of groupBy(sights, ({ run, path }) => [run, path]).values()) {
    const { run, path } = seen[0] as Sight;
    const tokens = [...new Set(seen.map(({ token }) => token))];
    if (tokens.length > 1)
      violations.push({ invariant: "I6", run, problem: `${path} was ${tokens.join(" and ")}` });
    const made = bodies.get(JSON.stringify([run, path]));
    // Where no body was there is a message, a sleep or a block.
    if (made === undefined) continue;
    const good = new Set(
      made.flatMap((one) => (one.type === "body-end" && one.outcome === "ok" ? [one.token] : [])),
    );
    for (const token of tokens) {
      if (good.has(token)) continue;
      violations.push({
        invariant: "I6",
        run,
        problem: `${path} was ${token}, which no body of it returned`,
      });
    }
  }
  return violations;
}

function allSights(evidence: Evidence): Sight[] {
  const told = [
    ...evidence.of("body-start").map(({ run, founded }) => ({ run, founded })),
    ...evidence.runs.map(({ workflowId, seen }) => ({ run: workflowId, founded: seen ?? [] })),
  ];
  return told.flatMap(({ run, founded }: { readonly run: string; readonly founded: Founded }) =>
    founded.map(([path, token]) => ({ run, path, token })),
  );
}

/** A committed result, and where it was found. */
interface Written {
  readonly run: string;
  readonly entry: CommittedEntry;
}

/** I1, I2: a place has one committed result, whose bytes never change; each completion has a number of its own. */
export function judgeHistory(evidence: Evidence): Violation[] {
  const written: Written[] = [
    ...evidence.of("commit").flatMap(({ run, entries }) => entries.map((entry) => ({ run, entry }))),
    ...evidence.runs.flatMap(({ workflowId, entries }) =>
      entries.map((entry) => ({ run: workflowId, entry })),
    ),
  ].filter(({ entry }) => entry.status !== "pending" && entry.kind !== "loop" && entry.kind !== "iteration");
  return [...changedResults(written), ...sharedNumbers(written)];
}

function changedResults(written: readonly Written[]): Violation[] {
  const places = groupBy(written, ({ run, entry }) => [run, entry.location, entry.kind]);
  return [...places.values()].flatMap((versions) => {
    const { run, entry } = versions[0] as Written;
    const distinct = new Set(
      versions.map(({ entry: { status, sequence, result } }) => `${status} ${sequence} ${result}`),
    );
    return distinct.size === 1
      ? []
      : [
          {
            invariant: "I1",
            run,
            problem: `${entry.location} was committed as ${[...distinct].join(" and as ")}`,
          },
        ];
  });
}

function sharedNumbers(written: readonly Written[]): Violation[] {
  const numbers = groupBy(written, ({ run, entry }) => [run, entry.sequence]);
  return [...numbers.values()].flatMap((same) => {
    const { run, entry } = same[0] as Written;
    const places = new Set(same.map(({ entry: { location } }) => location));
    return places.size === 1
      ? []
      : [{ invariant: "I2", run, problem: `${[...places].join(" and ")} are both number ${entry.sequence}` }];
  });
}
