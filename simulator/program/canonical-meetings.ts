import { blockOf, gives, stepOf } from "./build.ts";
import type { AttemptScript, BatchStatement, Block, NextStatement, Statement } from "./program.ts";

/** When the first messages come to a canonical program, in milliseconds after its start. */
const FIRST_MESSAGES_MS = 40;

const NEXT: NextStatement = { kind: "next", name: "next", names: ["m"], answers: false };
const SECOND: NextStatement = { ...NEXT, name: "second" };
const BATCH: BatchStatement = { kind: "batch", name: "batch", names: ["n", "m"], count: 2, answers: false };
const ANSWERED: NextStatement = { kind: "next", name: "answered", names: ["m", "n"], answers: true };
const STEP = stepOf("step", { attempts: [gives("text", FIRST_MESSAGES_MS)] });
const OTHER = stepOf("other", { attempts: [gives("number", FIRST_MESSAGES_MS)] });
const SLEEP: Statement = { kind: "sleep", name: "sleep", ms: FIRST_MESSAGES_MS };
/** Longer than timers of runtimes take. */
const LONG: Statement = { kind: "sleep", name: "long", ms: 2 ** 31 + 1 };
const AFTER = stepOf("after");

/** Several things that come at the same instant, of which one is first; and what comes when nobody waits for it any more. */
export function meetings(): readonly { readonly what: string; readonly body: Block }[] {
  const pairs: readonly (readonly [string, Statement, Statement])[] = [
    ["a message and a step", NEXT, STEP],
    ["messages and a sleep", BATCH, SLEEP],
    ["a message to answer and a step", ANSWERED, STEP],
    ["a step and a sleep", STEP, SLEEP],
    ["two steps", STEP, OTHER],
    ["two waits for one name", NEXT, SECOND],
    ["waits for several names", BATCH, ANSWERED],
  ];
  const met = pairs.flatMap(([what, one, other]) => [
    { what: `race of ${what}`, body: blockOf(raceOf(one, other), AFTER, { ...NEXT, name: "last" }) },
    { what: `Promise.race of ${what}`, body: blockOf(togetherOf("race", one, other), AFTER) },
    { what: `join of ${what}`, body: blockOf(joinOf(one, other), AFTER) },
    { what: `Promise.all of ${what}`, body: blockOf(togetherOf("all", one, other), AFTER) },
  ]);
  const long = [
    { what: "race of a very long sleep and a step", body: blockOf(raceOf(LONG, STEP), AFTER) },
    {
      what: "Promise.race of a very long sleep and a step",
      body: blockOf(togetherOf("race", LONG, STEP), AFTER),
    },
    { what: "race of a very long sleep and a sleep", body: blockOf(raceOf(LONG, SLEEP), AFTER) },
  ];
  return [...met, ...long, ...lateEnds(), ...leftWaits()];
}

/** Waits that a branch goes on without, when messages have come for them that others wait for too. */
function leftWaits(): readonly { readonly what: string; readonly body: Block }[] {
  const several: NextStatement = { ...SECOND, names: ["n", "m"] };
  const left: readonly (readonly [string, Statement, Statement])[] = [
    ["for one name", NEXT, SECOND],
    ["for several names", NEXT, several],
    ["for a batch", NEXT, BATCH],
    ["that is answered", ANSWERED, several],
  ];
  const third: NextStatement = { ...NEXT, name: "third", names: ["m", "n"] };
  return left.flatMap(([what, one, other]) => [
    {
      what: `join beside a left wait ${what}`,
      body: blockOf(joinOf(togetherOf("race", one, other), third), AFTER),
    },
    {
      what: `race beside a left wait ${what}`,
      body: blockOf(raceOf(togetherOf("race", one, other), third), AFTER, { ...NEXT, name: "last" }),
    },
  ]);
}

/** Bodies that go on after their timeout and end then. */
function lateEnds(): readonly { readonly what: string; readonly body: Block }[] {
  const late: AttemptScript = { ms: 300, heedsAbort: false, ends: { value: "text" } };
  const failing: AttemptScript = { ms: 300, heedsAbort: false, ends: { throws: "error" } };
  const step = stepOf("step", { attempts: [late], timeoutMs: 100, asData: true });
  const slow: Statement = { kind: "sleep", name: "slow", ms: 500 };
  return [
    { what: "late end", body: blockOf(step, stepOf("meanwhile", { attempts: [gives("text", 400)] })) },
    { what: "late end while parked", body: blockOf(step, slow, AFTER) },
    { what: "late failure", body: blockOf({ ...step, attempts: [failing] }, slow, AFTER) },
    {
      what: "late end of a retried step",
      body: blockOf({
        ...step,
        attempts: [late, gives("number", 400)],
        retryOnTimeout: true,
        timeoutMs: 100,
      }),
    },
    {
      what: "late end in the retry",
      body: blockOf({ ...step, attempts: [late, gives("number", 50)], retryOnTimeout: true, backoffMs: 180 }),
    },
  ];
}

function raceOf(one: Statement, other: Statement): Statement {
  return {
    kind: "race",
    name: "race",
    branches: [
      { name: "one", body: blockOf(one) },
      { name: "other", body: blockOf(other) },
    ],
  };
}

function joinOf(one: Statement, other: Statement): Statement {
  return { ...(raceOf(one, other) as Extract<Statement, { kind: "race" }>), kind: "join", name: "join" };
}

function togetherOf(how: "race" | "all", one: Statement, other: Statement): Statement {
  return { kind: "together", how, statements: [one, other] };
}
