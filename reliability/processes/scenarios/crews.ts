import type { WorkerConfig } from "../members/member-config.ts";
import type { MemberOptions } from "../round/round.ts";

/** Names of the workers of `workers(count)`. */
export function workerNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `worker-${index}`);
}

/** So many worker processes. */
export function workers(count: number, work: Partial<WorkerConfig> = {}): MemberOptions[] {
  return workerNames(count).map((name) => ({ name, work }));
}

/** Senders and an operator, each a process of its own. */
export function outsiders(senders: number): MemberOptions[] {
  return [
    ...Array.from({ length: senders }, (_, index) => ({
      name: `sender-${index}`,
      send: { index, of: senders },
    })),
    { name: "operator", operate: true },
  ];
}
