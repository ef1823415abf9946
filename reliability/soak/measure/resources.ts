import { getEventListeners } from "node:events";
import { readdirSync } from "node:fs";

/** Things of the event loop that are alive: timers, handles, requests. Output streams of the process do not count. */
export function activeResources(): number {
  const standing = new Set(["TTYWrap", "PipeWrap", "FSReqCallback", "MessagePort"]);
  return process.getActiveResourcesInfo().filter((name) => !standing.has(name)).length;
}

/** Files that the process has open; 0 where the system does not tell. */
export function openFiles(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return 0;
  }
}

/** Listeners on the process itself, for whatever event. */
export function processListeners(): number {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
}

/** Listeners for an abort of the signal. */
export function abortListeners(signal: AbortSignal): number {
  return getEventListeners(signal, "abort").length;
}
