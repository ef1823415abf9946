/** Places at which a process can be told to die or to stop. */
export const FAILPOINTS = [
  "create.before",
  "create.after",
  "claim.before",
  "claim.after",
  "load.after",
  "body.start",
  "body.end",
  "commit.before",
  "commit.after",
  "transaction.begun",
  "transaction.written",
  "transaction.commit",
  "transaction.committed",
  "enqueue.before",
  "enqueue.after",
  "peek.after",
  "renew.after",
  "release.before",
  "release.after",
  "handler.start",
  "handler.end",
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

/** `kill`: the process is gone at once, as by a power switch. `stop`: nothing of it runs until somebody continues it. */
export type FailpointAction = "kill" | "stop";

/** Where, at which passage (from 1), and what happens there. */
export interface FailpointSpec {
  readonly name: Failpoint;
  readonly passage: number;
  readonly action: FailpointAction;
}

/** The variable that tells a process its failpoint. */
export const FAILPOINT_VARIABLE = "HOLDFAST_FAILPOINT";

/** As in `commit.after:3=kill`. */
export function formatFailpoint({ name, passage, action }: FailpointSpec): string {
  return `${name}:${passage}=${action}`;
}

/** @throws Error when the text is not a failpoint. */
function parseFailpoint(text: string): FailpointSpec {
  const [, name, passage, action] = /^([a-z.]+):(\d+)=(kill|stop)$/.exec(text) ?? [];
  if (!FAILPOINTS.includes(name as Failpoint)) {
    throw new Error(
      `"${text}" is not a failpoint: NAME:PASSAGE=kill or =stop, NAME one of ${FAILPOINTS.join(", ")}.`,
    );
  }
  return { name: name as Failpoint, passage: Number(passage), action: action as FailpointAction };
}

const SIGNALS: Readonly<Record<FailpointAction, NodeJS.Signals>> = { kill: "SIGKILL", stop: "SIGSTOP" };

/** The failpoint of this process, if it has one. */
export class Failpoints {
  readonly #spec: FailpointSpec | null;
  #left: number;

  constructor(spec: string | undefined) {
    this.#spec = spec === undefined ? null : parseFailpoint(spec);
    this.#left = this.#spec?.passage ?? 0;
  }

  /** Execution passes a place; it may not get further. */
  pass(name: Failpoint): void {
    if (this.#spec?.name !== name) return;
    this.#left -= 1;
    if (this.#left === 0) process.kill(process.pid, SIGNALS[this.#spec.action]);
  }
}
