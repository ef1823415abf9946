import { expect, test } from "vitest";
import { blockOf, stepOf } from "../../program/build.ts";
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
