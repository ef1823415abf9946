import { setImmediate } from "node:timers/promises";
import {
  CorruptionError,
  defaultCodec,
  HoldfastError,
  type RunHandle,
  type RunPausedError,
  type WorkflowHandle,
} from "#holdfast/index.ts";
import type { Ledger } from "./stages/ledger.ts";

/** How a run stands when everything has come to rest, in words that can be compared. */
export interface Standing {
  /** Its state; what was thrown when that cannot be told; null when there is no such run. */
  readonly state: string | null;
  /** What it ended with or is held for. */
  readonly end: string;
  /** The corruption that was told, if one was. */
  readonly corruption: CorruptionError | null;
  /** Errors without a type of the library's that something threw. */
  readonly untyped: readonly string[];
  /** The bodies that ran, in the order of their names. */
  readonly bodies: string;
}

/** Looks at a run as an inspector would: its state, its end, why it is held, its history (of a damaged one `thoroughly`). */
export async function standingOf(
  handle: WorkflowHandle,
  ledger: Ledger,
  thoroughly: boolean,
): Promise<Standing> {
  const look = new Look();
  const state = await look.ask(() => handle.getState());
  const end = await look.ask(async () => told(await handle.result({ wait: false })));
  if (look.corruption === null) await look.ask(async () => look.see(await handle.getError()));
  if (look.corruption === null || thoroughly) await look.ask(() => outputsOf(handle));
  const bodies = [...ledger.ran(handle.workflowId)].sort().join(", ");
  return { state, end: String(end), corruption: look.corruption, untyped: look.untyped, bodies };
}

async function outputsOf(handle: Pick<RunHandle<unknown>, "history">): Promise<unknown> {
  return (await handle.history()).entries.map(({ output }) => output()).length;
}

/** The state of a run on a driver of its own of which a corruption is told instead. */
export const UNREADABLE = "unreadable";

/** As `standingOf`, of a run on a driver of its own: what cannot be read is told by an error. */
export async function bareStandingOf(
  handle: RunHandle<unknown>,
  ledger: Ledger,
  thoroughly: boolean,
): Promise<Standing> {
  const look = new Look();
  const asked = await look.ask(() => handle.getState());
  const state = asked?.startsWith("CorruptionError") === true ? UNREADABLE : asked;
  const end = await look.ask(async () => {
    const result = await Promise.race([handle.result, atRest()]);
    return result === null
      ? "it has not ended"
      : told(result.state === "completed" ? result.output : result.state);
  });
  if (look.corruption === null) await look.ask(async () => look.see(await handle.getError()));
  if (look.corruption === null || thoroughly) await look.ask(() => outputsOf(handle));
  const bodies = [...ledger.ran(handle.workflowId)].sort().join(", ");
  return { state, end: String(end), corruption: look.corruption, untyped: look.untyped, bodies };
}

async function atRest(): Promise<null> {
  await setImmediate();
  return null;
}

/** Gathers what is thrown. */
class Look {
  corruption: CorruptionError | null = null;
  readonly untyped: string[] = [];

  async ask<Answer>(question: () => Promise<Answer>): Promise<Answer | string> {
    try {
      return await question();
    } catch (error) {
      this.see(error);
      return told(error);
    }
  }

  see(error: unknown): void {
    if (CorruptionError.is(error)) this.corruption ??= error;
    else if ((error as RunPausedError | undefined)?.cause !== undefined && HoldfastError.is(error)) {
      this.see(error.cause);
    } else if (error instanceof Error && !HoldfastError.is(error) && !EXPECTED.has(error.message)) {
      this.untyped.push(error.stack ?? String(error));
    }
  }
}

/** What the workflows throw themselves. */
const EXPECTED: ReadonlySet<string> = new Set(["the bank is closed"]);

/** Values and errors as text that is equal for equal ones only. */
function told(value: unknown): string {
  if (value instanceof Error) return toldError(value);
  return new TextDecoder().decode(defaultCodec.encode(value, "value"));
}

function toldError(error: Error & { readonly code?: unknown }): string {
  const cause = error.cause === undefined ? "" : ` because of ${told(error.cause)}`;
  return `${error.name} ${String(error.code)} ${error.message}${cause}`;
}
