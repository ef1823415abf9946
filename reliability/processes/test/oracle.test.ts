import { beforeAll, describe, expect, it } from "vitest";
import { judgeDurability } from "../oracle/durability.ts";
import { Evidence } from "../oracle/evidence.ts";
import { judge } from "../oracle/judge.ts";
import { playOut } from "../round/play.ts";
import { outsiders, workers } from "../scenarios/crews.ts";
import { planOf } from "../scenarios/plans.ts";
import { Doctored } from "./doctor.ts";

/** What two workers did in peace. */
let sound: Evidence;

beforeAll(async () => {
  const work = { leaseMs: 60_000 };
  const { round, evidence } = await playOut({
    plan: planOf(),
    members: [...workers(2, work), ...outsiders(1)],
  });
  round.remove();
  sound = evidence;
}, 180_000);

type Spoil = (doctored: Doctored) => void;

/** The invariants that evidence contradicts after somebody has spoiled it. */
function foundIn(spoil: Spoil, calm = false): string[] {
  const doctored = new Doctored(sound);
  spoil(doctored);
  return [...new Set(judge(doctored.evidence, { calm }).map(({ invariant }) => invariant))];
}

const spoiled: readonly (readonly [title: string, invariant: string, spoil: Spoil])[] = [
  [
    "a result that changes between two commits",
    "I1",
    (d) => {
      const commit = d.first("commit", ({ entries }) =>
        entries.some(({ kind, status }) => kind === "step" && status === "completed"),
      );
      const entries = structuredClone(commit.entries);
      for (const entry of entries) entry.result = "another";
      d.again(commit, { entries, revision: 99 });
    },
  ],
  [
    "one number for two completions",
    "I2",
    (d) => {
      const [first, second] = d.run("steps").entries;
      if (first && second) second.sequence = first.sequence;
    },
  ],
  ["a body that starts twice in one attempt", "I3", (d) => d.again(d.first("body-start"))],
  [
    "a body that starts after a commit has its result",
    "I4",
    (d) => d.again(d.first("body-start"), { epoch: 99, attempt: 1 }),
  ],
  [
    "a body that starts after another one was founded on its result",
    "I4",
    (d) => {
      d.remove(({ type }) => type === "commit");
      d.again(
        d.first("body-start", ({ run, path }) => run === "steps" && path === "a"),
        { epoch: 99 },
      );
    },
  ],
  ["an attempt too many", "I5", (d) => d.again(d.first("body-start"), { attempt: 9, epoch: 99 })],
  [
    "an end that tells another result than later steps were founded on",
    "I6",
    (d) => {
      const [first] = d.seen("steps");
      if (first) first[1] = "another";
    },
  ],
  [
    "a result that no body returned",
    "I6",
    (d) =>
      d.remove(
        (one) => one.type === "body-end" && one.run === "steps" && one.path === "c" && one.outcome === "ok",
      ),
  ],
  [
    "a commit of an older epoch after one of a newer",
    "I12",
    (d) =>
      d.again(
        d.first("commit", ({ run }) => run === "steps"),
        { epoch: 0, revision: 99 },
      ),
  ],
  ["one revision that two processes made", "I12", (d) => d.again(d.first("commit"), { process: "another" })],
  [
    "a body that starts under a claim that another process has taken",
    "I12",
    (d) => {
      const start = d.first("body-start");
      d.again(
        d.first("claim", ({ run }) => run === start.run),
        { epoch: 7, at: start.at - 0.5, process: "another" },
      );
    },
  ],
  [
    "a handler that starts after its process was told that it is fenced",
    "I12",
    (d) => {
      const start = d.first("handler-start");
      const { run, epoch, process, wall } = start;
      d.records.push({ type: "fenced", run, epoch, process, wall, n: 0, at: start.at - 0.5 });
    },
  ],
  [
    "a claim while the lease of another process lasts",
    "I13",
    (d) => {
      const held = d.first("claim", ({ run }) => run === "rollback");
      d.again(held, { epoch: held.epoch + 1, process: "another", at: held.at + 0.001, wall: held.wall });
    },
  ],
  [
    "a commit after a cancel that won",
    "I16",
    (d) => {
      const { n, process, at, wall } = d.first("start", ({ run }) => run === "steps");
      d.run("steps").status = "cancelled";
      d.records.push({ type: "cancel", run: "steps", won: true, n, process, at, wall });
    },
  ],
  [
    "a cancel that won, and a run that completed",
    "I16",
    (d) => {
      const { n, process, wall } = d.first("start");
      const at = Math.max(...d.records.map((record) => record.at)) + 1;
      d.records.push({ type: "cancel", run: "steps", won: true, n, process, at, wall });
    },
  ],
  [
    "a run that sleeps and that nothing wakes",
    "I17",
    (d) => Object.assign(d.run("sleeps"), { status: "sleeping", dueAt: null, wants: null }),
  ],
  [
    "a message that was acknowledged and is nowhere",
    "I20",
    (d) => {
      const { messageId } = d.first("send-ack", ({ run }) => run === "consume");
      for (const record of d.records) {
        if ("consumed" in record) record.consumed = record.consumed.filter((id) => id !== messageId);
      }
      const run = d.run("consume");
      run.seen = d.seen("consume").filter(([, token]) => token !== messageId);
      run.queued = run.queued.filter((id) => id !== messageId);
    },
  ],
  ["a run that is gone with its messages", "I20", (d) => d.runs.splice(d.runs.indexOf(d.run("consume")), 1)],
  [
    "a message that two commits consumed",
    "I21",
    (d) =>
      d.again(
        d.first("commit", ({ consumed }) => consumed.length > 0),
        { revision: 99 },
      ),
  ],
  [
    "a message that was seen and is still queued",
    "I21",
    (d) => {
      const message = d.seen("consume").find(([path]) => path.endsWith("wait"));
      if (message) d.run("consume").queued.push(message[1]);
    },
  ],
  [
    "a message that another run saw",
    "I21",
    (d) => d.seen("steps").push(["stray", d.first("send-ack", ({ run }) => run === "consume").messageId]),
  ],
  [
    "messages that were seen in another order than they were sent",
    "I22",
    (d) => {
      const received = d.seen("consume").filter(([path]) => path.endsWith("wait"));
      const tokens = received.map(([, token]) => token).reverse();
      received.forEach((one, index) => {
        one[1] = tokens[index] as string;
      });
    },
  ],
  ["two answers to one request", "I23", (d) => d.again(d.first("answer"), { answer: "another" })],
  [
    "an answer that nothing computed",
    "I23",
    (d) => {
      d.first("answer").answer = "from nowhere";
    },
  ],
  [
    "a committed step that was not undone",
    "I27",
    (d) => d.remove((record) => record.type === "handler-end" && record.path === "first"),
  ],
  ["a step that was undone without need", "I27", (d) => d.again(d.first("handler-end"), { run: "steps" })],
  [
    "a handler that was given another result",
    "I27",
    (d) => {
      d.first("handler-start").undoes = "another";
    },
  ],
  [
    "handlers in the order of their steps",
    "I28",
    (d) => {
      const starts = d.records.filter(({ type }) => type === "handler-start");
      const times = starts.map(({ at }) => at).reverse();
      starts.forEach((start, index) => {
        start.at = times[index] as number;
      });
    },
  ],
  ["a handler that starts twice in one attempt", "I29", (d) => d.again(d.first("handler-start"))],
  [
    "a handler that starts after its completion was committed",
    "I29",
    (d) => d.again(d.first("handler-start"), { epoch: 99 }),
  ],
  [
    "a run that failed and should have completed",
    "end",
    (d) => {
      d.run("steps").status = "failed";
    },
  ],
  ["a run that nobody started", "end", (d) => d.runs.splice(d.runs.indexOf(d.run("steps")), 1)],
  ["an end that tells nothing of a step", "end", (d) => d.seen("steps").pop()],
];

describe("the oracle", () => {
  it("finds nothing where nothing is wrong", () => {
    expect(judge(sound, { calm: true })).toEqual([]);
    expect(judgeDurability(sound)).toEqual([]);
  });

  it.each(spoiled)("finds %s (%s)", (_title, invariant, spoil) => {
    expect(foundIn(spoil)).toContain(invariant);
  });

  it("finds an attempt that started again, where nothing was killed", () => {
    const { records } = sound;
    const again = records.find(({ type }) => type === "body-start");
    const [first] = records;
    if (again?.type !== "body-start" || first === undefined) throw new Error("No body has started.");
    const spoil: Spoil = (d) => d.again({ ...again, at: 0 }, { epoch: 0, at: first.at - 1 });
    expect(foundIn(spoil)).not.toContain("I3");
    expect(foundIn(spoil, true)).toContain("I3");
  });

  it("finds a commit that was acknowledged and is not stored", () => {
    const doctored = new Doctored(sound);
    doctored.run("steps").revision -= 1;
    expect(judgeDurability(doctored.evidence)).toMatchObject([{ invariant: "I11", run: "steps" }]);
  });

  it("lets a body start that was looked at in time, by a process that stood still since", () => {
    const doctored = new Doctored(sound);
    const start = doctored.first("body-start");
    const { run, process, lookedAt, at } = start;
    const taken = lookedAt + (at - lookedAt) / 2;
    doctored.again(
      doctored.first("claim", (claim) => claim.run === run),
      { epoch: 7, at: taken, process: "another" },
    );
    const { plan } = sound;
    const { records, runs } = doctored.evidence;
    const standstills = [{ process, from: lookedAt, to: at }];
    const zombies = (evidence: Evidence): string[] =>
      judge(evidence)
        .filter(({ problem }) => problem.includes("went on (body-start)"))
        .map(({ run: of }) => of);
    expect(zombies(doctored.evidence)).toContain(run);
    const once = zombies(doctored.evidence).length;
    expect(zombies(new Evidence({ plan, records, runs, standstills })).length).toBe(once - 1);
  });
});
