import type { LeftOperation, Program, Statement } from "../program/program.ts";
import type { Prng } from "../random/prng.ts";

const SHARE = 0.08;

/** The program with operations that nobody waits for. Those of one name are all alike, in each version of the code. */
export function withLeftOperations(program: Program, prng: Prng): Program {
  const decided = new Map<string, boolean>();
  const isLeft = (begins: LeftOperation): boolean => {
    const key = `${begins.kind} ${begins.name}`;
    const left = decided.get(key) ?? prng.chance(SHARE);
    decided.set(key, left);
    return left;
  };
  const left = (statement: Statement): Statement => {
    const begins = leavable(statement);
    return begins !== null && isLeft(begins) ? { kind: "left", begins } : statement;
  };
  function visit(this: { readonly kind?: string }, key: string, value: unknown): unknown {
    // What is begun together is waited for.
    return key === "statements" && this.kind !== "together" ? (value as Statement[]).map(left) : value;
  }
  return JSON.parse(JSON.stringify(program), visit) as Program;
}

function leavable(statement: Statement): LeftOperation | null {
  switch (statement.kind) {
    case "step":
      return { ...statement, asData: false };
    case "listen":
      return { ...statement, form: "listen" };
    case "sleep":
    case "send":
      return statement;
    default:
      return null;
  }
}
