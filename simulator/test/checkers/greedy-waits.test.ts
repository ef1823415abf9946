import { expect, it } from "vitest";
import { waitsKeepToTheirTerms } from "../../checkers/i23-waits-keep-to-their-terms.ts";
import { blockOf } from "../../program/build.ts";
import type { NextStatement } from "../../program/program.ts";
import { findings, told } from "./tale.ts";

const next = (name: string, more: Partial<NextStatement> = {}): NextStatement => {
  return { kind: "next", name, names: ["note"], answers: false, ...more };
};
const LOOP = { kind: "loop", name: "l", times: 2, stateful: true, pruneInterval: 1, historySize: 1 } as const;
const BODY = blockOf(
  { ...LOOP, body: blockOf(next("inner", { forgets: true }), next("behind")) },
  { kind: "join", name: "j", branches: [{ name: "b", body: blockOf(next("beside")) }] },
  next("outer", { forgets: true }),
  next("last"),
);

async function receivedAt(...paths: readonly string[]): Promise<readonly string[]> {
  const tale = await told(async (_, at) => {
    for (const [place, path] of paths.entries())
      at.tell("host-0", { type: "received", run: "run", pass: 1, path, messageIds: [`m${place}`] });
  });
  return findings(waitsKeepToTheirTerms, tale.evidence({ body: BODY }));
}

it("lets a strand of its own receive, and code whose block with the message is over", async () => {
  expect(await receivedAt("outer", "j/~b/beside")).toEqual([]);
  expect(await receivedAt("l/#0/inner", "last")).toEqual([]);
});

it("speaks of a message that is received while another one of its strand has no answer", async () => {
  const problem = (path: string) => [
    `"${path}" received a message while another one of its strand had no answer`,
  ];
  expect(await receivedAt("outer", "last")).toEqual(problem("last"));
  expect(await receivedAt("l/#0/inner", "l/#0/behind")).toEqual(problem("l/#0/behind"));
});
