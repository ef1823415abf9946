import { LAWS } from "./all.ts";
import { Canary } from "./canary.ts";
import { seenBytes } from "./frozen.ts";

/** What came of one law. */
export interface LawReport {
  readonly name: string;
  readonly cases: number;
  readonly seconds: number;
  /** How it was broken; null when it was not. */
  readonly problem: string | null;
}

/** Cases that are drawn from one seed. */
const SLICE = 25_000;

/** Every law with its share of the cases, and what decoders were given once more with frozen prototypes. */
export function runLaws(
  { cases, seed }: { readonly cases: number; readonly seed: number },
  progress: (report: LawReport) => void,
): LawReport[] {
  const canary = new Canary();
  const share = Math.ceil(cases / LAWS.length);
  const reports: LawReport[] = [];
  const attempt = (name: string, work: () => number): void => {
    const report = timed(name, () => {
      const done = work();
      canary.assertAlive();
      return done;
    });
    reports.push(report);
    progress(report);
  };
  for (const { name, check } of LAWS) {
    attempt(name, () => {
      for (let done = 0; done < share; done += SLICE) {
        check({ cases: Math.min(SLICE, share - done), seed: seed + done });
      }
      return share;
    });
  }
  attempt("decoders: with frozen prototypes everything is as before", () => seenBytes.decodeFrozen());
  return reports;
}

function timed(name: string, work: () => number): LawReport {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1_000;
  try {
    return { name, cases: work(), seconds: seconds(), problem: null };
  } catch (error) {
    const problem = error instanceof Error ? `${error.message}\n${String(error.cause ?? "")}` : String(error);
    return { name, cases: 0, seconds: seconds(), problem };
  }
}
