import { BareReader, BareWriter } from "./bare.ts";
import type { Journal } from "./journal.ts";
import { KeySpace } from "./key.ts";

/**
 * Owns: when a run came into being. For the code of a fork that is the instant at which its source did, so that it is given the same times
 * again; how long it may take is reckoned from the fork.
 */

/** The run was forked at this instant, in milliseconds since the epoch. */
export function setForkedAt(journal: Journal, instant: number): void {
  const out = new BareWriter();
  out.f64(instant);
  journal.setSingle(KeySpace.forkedAt, out.finish());
}

/** @throws CorruptionError when the row is no instant. */
export function cameIntoBeingAt(journal: Journal): number {
  const stored = journal.single(KeySpace.forkedAt);
  return stored === null ? journal.header.createdAt : decodeForkedAt(stored);
}

/** @throws CorruptionError when the row is no instant. */
export function decodeForkedAt(stored: Uint8Array): number {
  const from = new BareReader(stored, "forked at");
  const instant = from.f64();
  from.end();
  return instant;
}
