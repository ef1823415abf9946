import { StorageError } from "../model/errors/storage-errors.ts";
import type { Backoff } from "./backoff.ts";
import type { StoreSession } from "./store-session.ts";

/** A run that is parked here, and goes on by itself. */
export interface Stirred {
  readonly workflowId: string;
  /** Whether it is parked still. */
  readonly isParked: () => boolean;
}

/** Wakes a run whose code goes on by itself. Nobody else knows of that, so a storage that fails is asked again. */
export async function wakeParked(
  { session, backoff }: { readonly session: StoreSession; readonly backoff: Backoff },
  { workflowId, isParked }: Stirred,
): Promise<void> {
  while (isParked()) {
    try {
      await session.store.request(workflowId, "wake");
      return;
    } catch (error) {
      session.log.warn("a run goes on by itself and could not be woken", { workflowId, error });
      if (!StorageError.is(error) || !error.retryable) return;
    }
    await backoff.wait();
  }
}
