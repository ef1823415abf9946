import { DEFAULT_LIMITS } from "#holdfast/model/limits.ts";
import type { Statement } from "../program/program.ts";

/** Whether the engine refuses a statement on the spot, for a name or a duration; the error is no matter of the history. */
export function isRefused(statement: Statement): boolean {
  if ("ms" in statement && statement.ms < 0) return true;
  if ("timeoutMs" in statement && (statement.timeoutMs ?? 0) < 0) return true;
  return namesIn(statement).some(
    (name) => name === "" || Buffer.byteLength(name, "utf8") > DEFAULT_LIMITS.nameBytes,
  );
}

function namesIn(statement: Statement): readonly string[] {
  const own = "name" in statement ? [statement.name] : [];
  switch (statement.kind) {
    case "join":
    case "race":
      return [...own, ...statement.branches.map(({ name }) => name)];
    case "next":
    case "batch":
      return [...own, ...statement.names];
    case "listen":
      return [...own, statement.message];
    default:
      return own;
  }
}
