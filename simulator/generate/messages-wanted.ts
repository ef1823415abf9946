import type { Program } from "../program/program.ts";
import { visitStatements } from "../program/walk.ts";

/** Which messages a program waits for, and how often at most, in either version. */
export function messagesWanted(program: Program): ReadonlyMap<string, number> {
  const wanted = new Map<string, number>();
  const want = (name: string, times: number): void => {
    wanted.set(name, (wanted.get(name) ?? 0) + times);
  };
  visitStatements(program.body, (statement, repeats) => {
    if (statement.kind === "listen") want(statement.message, repeats);
    if (statement.kind !== "next" && statement.kind !== "batch") return;
    for (const name of statement.names) want(name, repeats);
  });
  return wanted;
}
