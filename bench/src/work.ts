import type { RunOrder } from "./program.ts";
import type { OpenOptions, Session, Subject, WorkId } from "./subject.ts";

/** What a measurement found, by the key of its figure; `seconds` is how long the part took that grows with the size. */
export type Figures = Readonly<Record<string, number>>;

export interface FigureDescription {
  readonly key: string;
  /** Head of the column. */
  readonly label: string;
  readonly better: "more" | "less";
}

/** One size of a work. */
export interface WorkCase {
  readonly label: string;
  readonly count: number;
  /** Operations that one run records; engines with a limit on these are left out. @default few */
  readonly operations?: number;
  /** Only subjects whose id begins so; the others have no such choice. */
  readonly only?: string;
  readonly variant?: string;
}

export interface Work {
  readonly id: WorkId;
  readonly title: string;
  readonly figures: readonly FigureDescription[];
  readonly cases: readonly WorkCase[];
  /** For trying. */
  readonly quickCases: readonly WorkCase[];
  /** A measurement that takes longer is ended and reported as such. */
  readonly limitSeconds: number;
  measure(bench: Bench, workCase: WorkCase): Promise<Figures>;
}

/** What a work measures with: one subject, in a process of its own. */
export interface Bench {
  readonly subject: Subject;
  /** On the disk that is measured; the subject's own files are in a folder beside it. */
  readonly folder: string;
  readonly postgresUrl: string;
  /** Imports the engine; `open` does it too, if it was not done. */
  load(): Promise<void>;
  open(options?: Pick<OpenOptions, "parked">): Promise<Session>;
  /** Runs `order` in another process until it waits, and ends that process. */
  prepare(order: RunOrder): Promise<void>;
  /** Single-row commits per second of the subject's storage, now, on the same disk; undefined for other storages. */
  rawCommitRate(): Promise<number | undefined>;
}
