import type { Cell } from "../src/plan.ts";
import type { Subject } from "../src/subject.ts";
import type { Work, WorkCase } from "../src/work.ts";

/** A subject that is never opened. */
export function subject(id: string, given: Partial<Subject> = {}): Subject {
  return {
    id,
    label: id,
    storage: "memory",
    durability: "none",
    settings: "",
    gaps: {},
    load: () => Promise.reject(new Error("not to be opened")),
    ...given,
  };
}

/** A work that is never done. */
export function work(id: Work["id"], cases: readonly WorkCase[], limitSeconds = 60): Work {
  return {
    id,
    title: id,
    figures: [{ key: "rate", label: "per second", better: "more" }],
    cases,
    quickCases: cases.slice(0, 1),
    limitSeconds,
    measure: () => Promise.reject(new Error("not to be done")),
  };
}

export function cellsOf(subjects: readonly Subject[], only: Work): Cell[] {
  return only.cases.flatMap((workCase) =>
    subjects.map((each): Cell => ({ work: only, workCase, subject: each, gap: undefined })),
  );
}
