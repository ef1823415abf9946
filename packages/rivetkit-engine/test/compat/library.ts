import type * as engine from "../../src/testing.ts";

/** The library under observation: ours, or RivetKit's own engine. */
export type Library = typeof engine;

export type Driver = InstanceType<Library["InMemoryDriver"]>;
export type Context = engine.WorkflowContextInterface;
export type Handle = engine.WorkflowHandle<unknown>;
export type Options = engine.RunWorkflowOptions;

/** Something to look at on both sides: what it returns is plain data without times and ids. */
export interface Scenario {
  readonly name: string;
  readonly observe: (lib: Library) => Promise<unknown>;
}

export type Body = (ctx: Context, input: never) => Promise<unknown>;

/** An error as far as both sides can agree on it. */
export function errorData(error: unknown): unknown {
  if (!(error instanceof Error)) return { thrown: String(error) };
  const { stepName, lastError, errors } = error as unknown as Record<string, unknown>;
  return {
    error: error.name,
    ...(hasOwnWords(error.name) ? {} : { message: error.message }),
    ...(stepName === undefined ? {} : { stepName }),
    ...(lastError === undefined ? {} : { lastError }),
    ...(errors === undefined ? {} : { errors: errorsData(errors) }),
  };
}

/** Errors whose messages each side words by itself. */
function hasOwnWords(name: string): boolean {
  return name === "HistoryDivergedError";
}

function errorsData(errors: unknown): unknown {
  if (Array.isArray(errors)) return errors;
  return Object.fromEntries(
    Object.entries(errors as Record<string, unknown>).map(([name, error]) => [name, errorData(error)]),
  );
}

/** How a run ended, without its times. */
export async function outcome(handle: Handle): Promise<unknown> {
  try {
    const { state, output, sleepUntil, waitingForMessages } = await handle.result;
    return {
      state,
      ...(output === undefined ? {} : { output }),
      ...(sleepUntil === undefined ? {} : { timed: true }),
      ...(waitingForMessages === undefined ? {} : { waitingForMessages }),
    };
  } catch (error) {
    return errorData(error);
  }
}

/** A driver without delays. */
export function newDriver(lib: Library): Driver {
  const driver = new lib.InMemoryDriver();
  driver.latency = 0;
  return driver;
}

/** One run of a workflow on a driver. */
export async function runOn(
  lib: Library,
  driver: Driver,
  body: Body,
  options: Options & { input?: unknown; workflowId?: string } = {},
): Promise<unknown> {
  const { input, workflowId = "wf", ...rest } = options;
  const handle = lib.runWorkflow(workflowId, body as never, input, driver, rest);
  const ended = await outcome(handle as Handle);
  return { ended, stored: await handle.getState() };
}

/** What the history holds, without times and ids. */
export async function historyOf(lib: Library, driver: Driver): Promise<unknown> {
  const storage = await lib.loadStorage(driver);
  const entries: unknown[] = [];
  for (const [key, entry] of [...storage.history.entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { status, attempts, error } = await lib.loadMetadata(storage, driver, entry.id);
    const { type, data } = entry.kind;
    const counted = type === "step" ? { status, attempts, ...(error === undefined ? {} : { error }) } : {};
    entries.push({ key, type, data: timeless(data), ...counted });
  }
  return { state: storage.state, entries };
}

function timeless(data: object): unknown {
  const { deadline: _, ...rest } = data as Record<string, unknown>;
  return JSON.parse(JSON.stringify(rest), (key, value) =>
    key === "id" || key === "createdAt" ? undefined : value,
  );
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `look` says yes. */
export async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await look())) await pause(1);
}

/** Waits until the run is stored as one that sleeps. */
export function untilAsleep(handle: Handle): Promise<void> {
  return until(async () => (await handle.getState()) === "sleeping");
}

/** Runs `run` until it gives something else than a sleep, waiting for the alarm in between. */
export async function untilEnded(
  driver: Driver,
  run: () => Promise<unknown>,
  workflowId = "wf",
): Promise<unknown> {
  for (;;) {
    const seen = (await run()) as { ended: { state?: string; timed?: boolean } };
    const at = driver.getAlarm(workflowId);
    if (seen.ended.state !== "sleeping" || at === undefined) return seen;
    await pause(Math.max(0, at - Date.now()) + 2);
  }
}
