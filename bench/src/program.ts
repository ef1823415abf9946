/**
 * The programs that every engine runs. They are written once, against the few operations that all engines have, so that
 * each does the same work; an adapter says what an operation is in its engine.
 */

/** What a program may do. Names are unique in their scope. */
export interface Operations {
  step(name: string, body: () => Promise<unknown>): Promise<unknown>;
  /** Waits for the message `message`; `name` is the place. */
  receive(name: string, message: string): Promise<unknown>;
  sleepUntil(name: string, instant: number): Promise<void>;
  /** The engine's durable loop; a plain `for` where it has none. */
  loop(
    name: string,
    iterations: number,
    body: (operations: Operations, index: number) => Promise<void>,
  ): Promise<void>;
  /** The engine's way to run branches at once; `Promise.all` where it has no word for it. */
  branches(
    kind: "join" | "map",
    count: number,
    body: (operations: Operations, index: number) => Promise<void>,
  ): Promise<void>;
}

/** What a program is given: plain data, stored by the engine as the run's input. */
export interface ProgramInput {
  /** Steps, iterations, messages or branches. */
  readonly count: number;
  /** Length of what a step returns; absent: nothing. */
  readonly resultBytes?: number;
  /** When sleepers wake, in milliseconds since the epoch. */
  readonly wakeAt?: number;
}

/** A run to be: which program, under which id, with what. */
export interface RunOrder {
  readonly program: ProgramName;
  readonly id: string;
  readonly input: ProgramInput;
}

type Program = (operations: Operations, order: RunOrder) => Promise<unknown>;

const nothing = async (): Promise<void> => {};

export const PROGRAMS = {
  /** Steps in sequence. */
  steps: async (operations, { input }) => {
    const result = input.resultBytes === undefined ? undefined : "x".repeat(input.resultBytes);
    const body = result === undefined ? nothing : async (): Promise<string> => result;
    for (let i = 0; i < input.count; i++) await operations.step(`step-${i}`, body);
    return input.count;
  },

  /** One message, one step. */
  echo: async (operations) => {
    await operations.receive("wait", "go");
    await operations.step("work", nothing);
    return "done";
  },

  /** Many messages in a row, one step each. */
  receiver: async (operations, order) => {
    for (let i = 0; i < order.input.count; i++) {
      await operations.receive(`wait-${i}`, `go-${i}`);
      await operations.step(`work-${i}`, nothing);
      reach(order.id, `answer-${i}`);
    }
    return order.input.count;
  },

  /** Steps, a wait, and one more step: its body tells when the replay is over. */
  resumed: async (operations, order) => {
    for (let i = 0; i < order.input.count; i++) await operations.step(`step-${i}`, nothing);
    reach(order.id, "waiting");
    await operations.receive("wait", "go");
    await operations.step("new", async () => reach(order.id, "new body"));
    return "done";
  },

  /** Sleeps. */
  sleeper: async (operations, { input }) => {
    await operations.sleepUntil("nap", input.wakeAt ?? 0);
    return "done";
  },

  /** A loop with one step in each iteration. */
  loop: async (operations, { input }) => {
    await operations.loop("loop", input.count, async (inner) => {
      await inner.step("work", nothing);
    });
    return input.count;
  },

  join: async (operations, { input }) => {
    await operations.branches("join", input.count, async (inner) => {
      await inner.step("work", nothing);
    });
    return input.count;
  },

  map: async (operations, { input }) => {
    await operations.branches("map", input.count, async (inner) => {
      await inner.step("work", nothing);
    });
    return input.count;
  },
} as const satisfies Record<string, Program>;

export type ProgramName = keyof typeof PROGRAMS;

export const PROGRAM_NAMES = Object.keys(PROGRAMS) as readonly ProgramName[];

export function runProgram(operations: Operations, order: RunOrder): Promise<unknown> {
  const program: Program = PROGRAMS[order.program];
  return program(operations, order);
}

interface Mark {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

const marks = new Map<string, Mark>();

/** Resolves when a run of this process first reaches a mark. */
export function reached(runId: string, name: string): Promise<void> {
  return markOf(runId, name).promise;
}

function reach(runId: string, name: string): void {
  markOf(runId, name).resolve();
}

function markOf(runId: string, name: string): Mark {
  const key = `${runId}:${name}`;
  const known = marks.get(key);
  if (known !== undefined) return known;
  const mark = Promise.withResolvers<void>();
  marks.set(key, mark);
  return mark;
}
