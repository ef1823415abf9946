/** A safeguard of the library, in one place of a file or more, and what stands there when it is taken out. */
export interface Break {
  readonly file: string;
  readonly safeguards: readonly string[];
  readonly instead: string;
}

export const BREAKS: Readonly<Record<string, Break>> = {
  "values have no checksum": {
    file: "storage/crc32c.ts",
    safeguards: ["return ~crc >>> 0;"],
    instead: "return 0;",
  },
  "the digest is not looked at": {
    file: "history/header.ts",
    safeguards: ["return a.rows === b.rows && a.low === b.low && a.high === b.high;"],
    instead: "return true;",
  },
  "rows of runs have no checksum": {
    file: "storage/damage.ts",
    safeguards: ["seal === null || sealOfRun(read) === seal"],
    instead: "true",
  },
  "queues have no checksum": {
    file: "storage/damage.ts",
    safeguards: [
      "if (messages !== run.queued || seal !== run.queueSeal) throw queueIsWrong(run, messages);",
      "if (found !== run.queued) throw queueIsWrong(run, found);",
      "if (queued.length !== run.queued) throw queueIsWrong(run, queued.length);",
    ],
    instead: "",
  },
};
