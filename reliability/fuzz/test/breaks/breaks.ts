/** A safeguard of the library, and what stands in its place when it is taken out. */
export interface Break {
  readonly file: string;
  readonly safeguard: string;
  readonly instead: string;
}

export const BREAKS: Readonly<Record<string, Break>> = {
  "values have no checksum": {
    file: "storage/crc32c.ts",
    safeguard: "return ~crc >>> 0;",
    instead: "return 0;",
  },
  "the digest is not looked at": {
    file: "history/header.ts",
    safeguard: "return a.rows === b.rows && a.low === b.low && a.high === b.high;",
    instead: "return true;",
  },
  "rows of runs have no checksum": {
    file: "storage/damage.ts",
    safeguard: "seal === null || sealOfRun(read) === seal",
    instead: "true",
  },
  "queues have no checksum": {
    file: "storage/damage.ts",
    safeguard: "if (messages !== run.queued || seal !== run.queueSeal) throw queueIsWrong(run, messages);",
    instead: "",
  },
};
