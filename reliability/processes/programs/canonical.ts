import type { NamedProgram, Node, Program, StepNode } from "./program.ts";

function step(name: string, more: Omit<StepNode, "kind" | "name"> = {}): StepNode {
  return { kind: "step", name, ...more };
}

function sleep(ms: number): Node {
  return { kind: "sleep", name: "sleep", ms };
}

const armed = { rollback: { failures: 0 } };

const failing: Program = [
  { kind: "checkpoint", name: "checkpoint" },
  step("first", armed),
  {
    kind: "join",
    name: "join",
    branches: [[step("left", armed)], [step("right", { ...armed, workMs: 5 })]],
  },
  {
    kind: "loop",
    name: "loop",
    iterations: 3,
    historySize: 1,
    body: [step("round", { rollback: { failures: 1 } })],
  },
  {
    kind: "race",
    name: "race",
    branches: [[step("quick", armed)], [step("early", armed), step("slow", { ...armed, workMs: 200 })]],
  },
  step("last", armed),
  { kind: "fail", name: "fail" },
];

const everything: Program = [
  step("open", { failures: 1 }),
  {
    kind: "join",
    name: "both",
    branches: [
      [{ kind: "receive", name: "wait", messages: ["left"] }, step("left")],
      [
        sleep(10),
        { kind: "map", name: "map", items: 3, concurrency: 2, body: [step("item", { workMs: 2 })] },
      ],
    ],
  },
  {
    kind: "loop",
    name: "loop",
    iterations: 3,
    body: [{ kind: "serve", name: "serve", message: "ask" }, step("after")],
  },
  { kind: "try", name: "try", body: [step("hopeless", { failures: 9, maxRetries: 1 })] },
  step("close"),
];

/** Small programs, each about one thing; every failpoint is tried with each of them. */
export const canonicalPrograms: readonly NamedProgram[] = [
  { name: "steps", ends: "completed", program: [step("a"), step("b"), step("c")] },
  { name: "retries", ends: "completed", program: [step("a", { failures: 2 }), step("b", { failures: 1 })] },
  { name: "exhausted", ends: "failed", program: [step("a"), step("b", { failures: 9, maxRetries: 2 })] },
  {
    name: "consume",
    ends: "completed",
    program: [
      {
        kind: "loop",
        name: "loop",
        iterations: 5,
        body: [{ kind: "receive", name: "wait", messages: ["one", "two"] }, step("handle")],
      },
    ],
  },
  {
    name: "batches",
    ends: "completed",
    program: [{ kind: "batch", name: "wait", message: "item", count: 3 }, step("handle")],
  },
  {
    name: "requests",
    ends: "completed",
    program: [
      { kind: "loop", name: "loop", iterations: 3, body: [{ kind: "serve", name: "serve", message: "ask" }] },
    ],
  },
  {
    name: "sleeps",
    ends: "completed",
    program: [step("a"), sleep(30), step("b"), { ...sleep(5), name: "again" } as Node],
  },
  {
    name: "join",
    ends: "completed",
    program: [
      { kind: "join", name: "join", branches: [[step("a"), step("b")], [sleep(10), step("c")], []] },
      step("end"),
    ],
  },
  {
    name: "race",
    ends: "completed",
    program: [
      {
        kind: "race",
        name: "race",
        branches: [
          [sleep(20), step("late")],
          [step("a"), step("b", { workMs: 10 })],
          [{ kind: "receive", name: "wait", messages: ["never mind"], timeoutMs: 60_000 }],
        ],
      },
      step("end"),
    ],
  },
  {
    name: "map",
    ends: "completed",
    program: [
      { kind: "map", name: "map", items: 6, concurrency: 3, body: [step("a"), step("b", { failures: 1 })] },
    ],
  },
  {
    name: "child",
    ends: "completed",
    program: [
      step("a"),
      { kind: "child", name: "child", program: [step("inner"), sleep(5), step("more")] },
      step("z"),
    ],
  },
  {
    name: "gate",
    ends: "completed",
    program: [step("a"), { kind: "gate", name: "gate" }, sleep(10), step("b")],
  },
  { name: "rollback", ends: "failed", program: failing },
  { name: "everything", ends: "completed", program: everything },
];
