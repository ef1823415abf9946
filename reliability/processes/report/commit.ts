import { execFileSync } from "node:child_process";

/** The commit that is checked out here; `unknown` where there is no repository. */
export function currentCommit(): string {
  try {
    const options = { cwd: import.meta.dirname, encoding: "utf8", stdio: "pipe" } as const;
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], options).trim();
  } catch {
    return "unknown";
  }
}
