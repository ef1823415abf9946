import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { WORK_IDS } from "./subject.ts";

export interface Arguments {
  /** Ids of works; empty: all. */
  readonly works: readonly string[];
  /** Beginnings of subjects' ids; empty: all. Holdfast and the limits are always there. */
  readonly peers: readonly string[];
  readonly quick: boolean;
  readonly repetitions: number;
  /** Minutes after which no further measurement is started. */
  readonly minutes: number;
  /** Where databases are written: on the disk that is to be measured. */
  readonly disk: string;
  /** Where the results go; undefined: nowhere. */
  readonly output: string | undefined;
  readonly help: boolean;
}

export const HELP = `Usage: npm run bench -- [options]

  --work W1,W3         only these works (${WORK_IDS.join(", ")})
  --peer rivet,dbos    only these peers, by the beginnings of their ids, beside Holdfast and the physical limits
  --quick              small sizes, once: to see that everything works
  --repetitions N      how often each is measured (default 3, or 1 with --quick)
  --minutes N          after so many no further measurement is started: fewer repetitions, the largest last (default 18)
  --disk FOLDER        where databases are written; its disk is what is measured (default: the folder for temporary files)
  --output FOLDER      where results.json and results.svg go (default: bench/results after a whole run, else nowhere)
`;

/** @throws when an option is not known or makes no sense */
export function readArguments(args: readonly string[], defaultOutput: string): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      work: { type: "string", multiple: true, default: [] },
      peer: { type: "string", multiple: true, default: [] },
      quick: { type: "boolean", default: false },
      repetitions: { type: "string" },
      minutes: { type: "string", default: "18" },
      disk: { type: "string", default: tmpdir() },
      output: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const works = listed(values.work);
  const unknown = works.find((work) => !WORK_IDS.some((id) => id === work));
  if (unknown !== undefined)
    throw new Error(`--work: there is no "${unknown}", only ${WORK_IDS.join(", ")}.`);
  const repetitions = Number(values.repetitions ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(repetitions) || repetitions < 1) {
    throw new Error(`--repetitions must be a whole number, 1 or more; got "${values.repetitions}".`);
  }
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error(`--minutes must be a number above 0; got "${values.minutes}".`);
  const peers = listed(values.peer);
  const whole = works.length === 0 && peers.length === 0 && !values.quick;
  return {
    works,
    peers,
    quick: values.quick,
    repetitions,
    minutes,
    disk: values.disk,
    output: values.output ?? (whole ? defaultOutput : undefined),
    help: values.help,
  };
}

function listed(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(",")).filter((value) => value !== "");
}
