import type { WorldFact } from "../evidence/fact.ts";

type Stray = Extract<WorldFact, { readonly type: "stray" }>;

/** Tells of unhandled rejections and warnings of this realm while `work` runs: neither may ever happen. */
export async function watchingStrays<T>(record: (fact: Stray) => void, work: () => Promise<T>): Promise<T> {
  const onRejection = (reason: unknown): void =>
    record({ type: "stray", kind: "rejection", what: text(reason) });
  const onWarning = (warning: Error): void => {
    if (warning.name !== "ExperimentalWarning")
      record({ type: "stray", kind: "warning", what: text(warning) });
  };
  process.on("unhandledRejection", onRejection);
  process.on("warning", onWarning);
  try {
    return await work();
  } finally {
    process.off("unhandledRejection", onRejection);
    process.off("warning", onWarning);
  }
}

function text(reason: unknown): string {
  return reason instanceof Error
    ? `${reason.name}: ${reason.message}\n${reason.stack ?? ""}`
    : String(reason);
}
