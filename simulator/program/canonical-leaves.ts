import { blockOf, gives, hangs, stepOf, throwsAt } from "./build.ts";
import type { ListenStatement, Statement } from "./program.ts";

/** One operation with one choice of its options. */
export interface Leaf {
  readonly what: string;
  readonly statement: Statement;
  /** It fails, and the function with it unless that is caught. */
  readonly fails?: true;
}

const STEPS: readonly Leaf[] = [
  { what: "step", statement: stepOf("step") },
  { what: "sync step", statement: stepOf("step", { attempts: [gives("text", 0)] }) },
  { what: "void step", statement: stepOf("step", { attempts: [gives("undefined")] }) },
  { what: "map step", statement: stepOf("step", { attempts: [gives("map")] }) },
  { what: "large step", statement: stepOf("step", { attempts: [gives("large-text")] }) },
  { what: "error step", statement: stepOf("step", { attempts: [gives("error")] }) },
  { what: "retried step", statement: stepOf("step", { attempts: [throwsAt("error"), gives("date")] }) },
  {
    what: "hostile step",
    statement: stepOf("step", { attempts: [throwsAt("throwing-getter"), gives("set")] }),
  },
  { what: "delayed step", statement: stepOf("step", { attempts: [throwsAt("retry-after"), gives("null")] }) },
  {
    what: "parking step",
    statement: stepOf("step", { attempts: [throwsAt("text"), gives("nan")], backoffMs: 1_200 }),
  },
  {
    what: "exhausted step",
    statement: stepOf("step", { attempts: [throwsAt("coded")], maxRetries: 1 }),
    fails: true,
  },
  { what: "critical step", statement: stepOf("step", { attempts: [throwsAt("critical")] }), fails: true },
  { what: "rollback step", statement: stepOf("step", { attempts: [throwsAt("rollback")] }), fails: true },
  {
    what: "hanging step",
    statement: stepOf("step", { attempts: [hangs(true)], timeoutMs: 100 }),
    fails: true,
  },
  {
    what: "hung step again",
    statement: stepOf("step", {
      attempts: [hangs(false), gives("bytes")],
      timeoutMs: 100,
      retryOnTimeout: true,
    }),
  },
  { what: "unstorable step", statement: stepOf("step", { attempts: [gives("function")] }), fails: true },
  { what: "ephemeral step", statement: stepOf("step", { ephemeral: true }) },
  { what: "once step", statement: stepOf("step", { atMostOnce: true }) },
  { what: "tried step", statement: stepOf("step", { asData: true }) },
  { what: "tried failure", statement: stepOf("step", { asData: true, attempts: [throwsAt("critical")] }) },
];

const WAITS: readonly Leaf[] = [
  { what: "no sleep", statement: { kind: "sleep", name: "sleep", ms: 0 } },
  { what: "sleep", statement: { kind: "sleep", name: "sleep", ms: 300 } },
  { what: "refused sleep", statement: { kind: "sleep", name: "sleep", ms: -1 }, fails: true },
  { what: "sleep until", statement: { kind: "sleep-until", name: "until", inMs: 300 } },
  { what: "sleep until the past", statement: { kind: "sleep-until", name: "until", inMs: -300 } },
  { what: "next", statement: { kind: "next", name: "next", names: ["m"], answers: false } },
  {
    what: "next of two",
    statement: { kind: "next", name: "next", names: ["m", "n"], answers: false, timeoutMs: 5_000 },
  },
  { what: "next answered", statement: { kind: "next", name: "next", names: ["m"], answers: true } },
  {
    what: "next too late",
    statement: { kind: "next", name: "next", names: ["never"], answers: false, timeoutMs: 0 },
    fails: true,
  },
  {
    what: "next in vain",
    statement: { kind: "next", name: "next", names: ["never"], answers: true, timeoutMs: 200 },
    fails: true,
  },
  { what: "batch", statement: { kind: "batch", name: "batch", names: ["m"], count: 3, answers: false } },
  {
    what: "batch answered",
    statement: { kind: "batch", name: "batch", names: ["m"], count: 2, answers: true },
  },
  {
    what: "batch too late",
    statement: { kind: "batch", name: "batch", names: ["never"], count: 1, answers: false, timeoutMs: 0 },
  },
  {
    what: "batch in vain",
    statement: { kind: "batch", name: "batch", names: ["never"], count: 1, answers: false, timeoutMs: 200 },
  },
  ...listens("m", 2_000),
  ...listens("never", 100).filter(({ what }) => what.includes("Until") || what.includes("Timeout")),
];

const OTHERS: readonly Leaf[] = [
  { what: "send to self", statement: { kind: "send", name: "own", body: "map", to: "self" } },
  { what: "send by id", statement: { kind: "send", name: "own", body: "object", to: 0 } },
  {
    what: "send to nobody",
    statement: { kind: "send", name: "own", body: "text", to: "nobody" },
    fails: true,
  },
  { what: "draw", statement: { kind: "draw" } },
  { what: "removed", statement: { kind: "removed", name: "removed", removed: "step" } },
  { what: "first version", statement: version(1) },
  { what: "second version", statement: version(2) },
  { what: "throw", statement: { kind: "throw", what: "caused" }, fails: true },
  { what: "throw nothing", statement: { kind: "throw", what: "undefined" }, fails: true },
];

/** Every operation that holds no other, with every option that matters. */
export const LEAVES: readonly Leaf[] = [...STEPS, ...WAITS, ...OTHERS];

function listens(message: string, timeoutMs: number): Leaf[] {
  const forms: readonly ListenStatement["form"][] = [
    "listen",
    "listenN",
    "listenWithTimeout",
    "listenUntil",
    "listenNWithTimeout",
    "listenNUntil",
  ];
  return forms.map((form) => ({
    what: `${form} ${message}`,
    statement: { kind: "listen", form, name: "listen", message, count: 2, timeoutMs },
  }));
}

function version(latest: number): Statement {
  const older = blockOf(stepOf("older step"));
  const newest = blockOf(stepOf("newest step"));
  return { kind: "version", name: "version", latest, older, newest };
}
