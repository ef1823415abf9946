import { expect, test } from "vitest";
import type { ProgramFact } from "../../evidence/fact.ts";
import { blockOf, gives, handlerOf, stepOf, throwsAt } from "../../program/build.ts";
import type { Block, Program, Statement } from "../../program/program.ts";
import { ProgramBench, sightProblems, sightsOf } from "./program-bench.ts";

const program = (...statements: Statement[]): Program => ({ name: "program", body: blockOf(...statements) });

test("every kind of statement has the path of its entry in the history", async () => {
  const inner = (name: string): Block => blockOf(stepOf(name));
  const bench = new ProgramBench(
    program(
      { kind: "checkpoint", name: "check" },
      stepOf("a/b"),
      { kind: "sleep", name: "nap", ms: 5_000 },
      { kind: "sleep-until", name: "until", inMs: 5_000 },
      { kind: "next", name: "next", names: ["m"], answers: true },
      { kind: "batch", name: "batch", names: ["m", "é"], count: 2, answers: false },
      { kind: "send", name: "self", body: "map", to: "self" },
      { kind: "send", name: "self", body: "set", to: "self" },
      { kind: "listen", form: "listenN", name: "listen", message: "self", count: 2, timeoutMs: 0 },
      {
        kind: "loop",
        name: "loop",
        times: 3,
        stateful: true,
        pruneInterval: 10,
        historySize: 10,
        body: inner("in loop"),
      },
      { kind: "join", name: "join", branches: [{ name: "left!", body: inner("in join") }] },
      { kind: "race", name: "race", branches: [{ name: "only", body: inner("in race") }] },
      { kind: "map", name: "map", items: 2, concurrency: 1, body: inner("in map") },
      { kind: "try", name: "try", body: inner("in try") },
      {
        kind: "version",
        name: "version",
        latest: 2,
        older: inner("in older"),
        newest: inner("in newest"),
      },
    ),
  );
  const end = await bench.run();
  expect(end.error).toBeUndefined();
  const ids = (await bench.history()).filter(({ kind }) => kind !== "answer").map(({ id }) => id);
  expect(await sightProblems(bench)).toEqual([]);
  const paths = [...sightsOf(bench.facts).byPlace.keys()]
    .filter((place) => !/^(input|iteration) /.test(place))
    .map((place) => place.slice(place.indexOf(" ") + 1));
  expect(paths.sort()).toEqual(ids.sort());
});

/** The facts of one type. */
function told<Type extends ProgramFact["type"]>(bench: ProgramBench, type: Type) {
  return bench.facts.filter((fact): fact is Extract<ProgramFact, { type: Type }> => fact.type === type);
}

test("each attempt of a body does what its script says, and the last entry stands for all further ones", async () => {
  const attempts = [throwsAt("coded"), throwsAt("text")];
  const bench = new ProgramBench(program(stepOf("step", { attempts, maxRetries: 3 })));
  expect((await bench.run()).state).toBe("failed");
  expect(told(bench, "body-started").map(({ attempt, allowed, path }) => [attempt, allowed, path])).toEqual([
    [1, 4, "step"],
    [2, 4, "step"],
    [3, 4, "step"],
    [4, 4, "step"],
  ]);
  const errors = told(bench, "body-ended").map(({ outcome }) => (outcome.ok ? "" : outcome.error));
  expect(errors[0]).toContain("E_CODED");
  expect(errors.slice(1)).toEqual(['"not an error"', '"not an error"', '"not an error"']);
});

test("a body that is given up is told so, and goes on only if its script says so", async () => {
  const slow = (heedsAbort: boolean) => [{ ...gives("text", 5_000), heedsAbort }];
  const bench = new ProgramBench(
    program(
      stepOf("heeds", { attempts: slow(true), timeoutMs: 100, asData: true }),
      stepOf("ignores", { attempts: slow(false), timeoutMs: 100, asData: true }),
      { kind: "sleep", name: "sleep", ms: 60_000 },
    ),
  );
  await bench.run();
  expect(told(bench, "body-aborted").map(({ path }) => path)).toEqual(["heeds", "ignores"]);
  expect(told(bench, "body-ended").map(({ path, outcome }) => [path, outcome.ok])).toEqual([
    ["heeds", false],
    ["ignores", true],
  ]);
});

test("a handler is given what its step's start returned", async () => {
  const handler = handlerOf(throwsAt("error"), gives("null"));
  const bench = new ProgramBench(
    program(
      { kind: "checkpoint", name: "check" },
      stepOf("first", { handler }),
      stepOf("second", { handler }),
      {
        kind: "throw",
        what: "error",
      },
    ),
  );
  expect((await bench.run()).state).toBe("failed");
  const ends = new Map(told(bench, "body-ended").map(({ start, outcome }) => [start, outcome]));
  const bodies = told(bench, "body-started").filter(({ role }) => role === "body");
  const handlers = told(bench, "body-started").filter(({ role }) => role === "handler");
  expect(handlers.map(({ path, attempt }) => [path, attempt])).toEqual([
    ["second", 1],
    ["second", 2],
    ["first", 1],
    ["first", 2],
  ]);
  for (const { path, given } of handlers) {
    const body = bodies.find((each) => each.path === path);
    expect(ends.get(body?.start ?? 0)).toEqual({ ok: true, value: given });
  }
});

test("messages are told as received in every pass, and as answered once the answer is durable", async () => {
  const bench = new ProgramBench(
    program(
      { kind: "batch", name: "batch", names: ["m"], count: 2, answers: true },
      { kind: "sleep", name: "sleep", ms: 60_000 },
    ),
  );
  await bench.run();
  const received = told(bench, "received");
  expect(received.length).toBeGreaterThan(1);
  for (const { messageIds, path } of received)
    expect([path, messageIds]).toEqual(["batch", received[0]?.messageIds]);
  for (const { messageId, path } of told(bench, "answered")) {
    expect([path, messageId]).toEqual(["batch/!0", received[0]?.messageIds[0]]);
  }
});

test.each([true, false])(
  "a loop tells each iteration and ends by itself or by a break (stateful: %s)",
  async (stateful) => {
    const loop = (name: string, times: number, ...body: Statement[]): Statement => ({
      kind: "loop",
      name,
      times,
      stateful,
      pruneInterval: 1,
      historySize: 0,
      body: blockOf(...body),
    });
    const bench = new ProgramBench(
      program(
        loop("none", 0, stepOf("step")),
        loop("three", 3, stepOf("step"), { kind: "sleep", name: "sleep", ms: 60_000 }),
        loop("broken", 3, stepOf("step"), { kind: "break" }),
      ),
    );
    const { output } = await bench.run();
    expect(output).toMatchObject([
      { iterations: 0, broke: false },
      { iterations: 3, broke: false },
      { iterations: 1, broke: true },
    ]);
    const iterations = told(bench, "seen").filter(({ operation }) => operation === "iteration");
    expect([...new Set(iterations.map(({ path }) => path))]).toEqual([
      "none/#0",
      "three/#0",
      "three/#1",
      "three/#2",
      "broken/#0",
    ]);
  },
);

test("version 2 is the newer code where there is any", async () => {
  const newer: Program = { ...program(stepOf("old")), newer: blockOf(stepOf("new")) };
  for (const [version, path] of [
    [1, "old"],
    [2, "new"],
  ] as const) {
    const bench = new ProgramBench(newer, "run", version);
    await bench.run();
    expect(told(bench, "body-started").map((fact) => fact.path)).toEqual([path]);
    expect(told(bench, "pass-started")[0]?.version).toBe(version);
  }
});

test("the output depends on everything that the code saw", async () => {
  const outputs = new Set<string>();
  for (const value of ["number", "text", "large-text", "map"]) {
    const bench = new ProgramBench(
      program({ kind: "try", name: "try", body: blockOf(stepOf("step", { attempts: [gives(value)] })) }),
    );
    outputs.add(JSON.stringify((await bench.run()).output));
  }
  expect(outputs.size).toBe(4);
});

test("two sights of one place that differ are a problem", () => {
  const seen = (value: string): ProgramFact => ({
    type: "seen",
    run: "run",
    pass: 1,
    path: "step",
    operation: "step",
    outcome: { ok: true, value },
  });
  expect(sightsOf([seen("1"), seen("1")]).problems).toEqual([]);
  expect(sightsOf([seen("1"), seen("2")]).problems).toEqual(["step step: 1, later 2"]);
});
