import type { Message } from "@rivetkit/workflow-engine";

/** What Rivet's driver needs of a storage: one run's ordered keys, its messages, its alarm. Each write is one transaction. */
export interface KeyValues {
  get(run: string, key: Uint8Array): Uint8Array | null;
  /** Pairs with `from <= key < to` in byte order; without `to` up to the end. */
  list(run: string, from: Uint8Array, to: Uint8Array | null): { key: Uint8Array; value: Uint8Array }[];
  put(run: string, writes: readonly { key: Uint8Array; value: Uint8Array }[]): void;
  remove(run: string, keys: readonly Uint8Array[]): void;
  removeRange(run: string, from: Uint8Array, to: Uint8Array | null): void;
  addMessage(run: string, message: Message): void;
  /** Oldest first; of any name when there are none. */
  messages(run: string, names: readonly string[], count: number): Message[];
  removeMessages(run: string, ids: readonly string[]): void;
  setAlarm(run: string, at: number | null): void;
  /** Runs whose alarm is due; their alarms are gone after that. */
  takeDueAlarms(now: number): string[];
  bytes(): number;
  readonly commits: number;
  close(): void;
}

/** The first key after all that begin with `prefix`; null when there is none. */
export function endOfPrefix(prefix: Uint8Array): Uint8Array | null {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const byte = prefix[i] ?? 0xff;
    if (byte === 0xff) continue;
    const end = prefix.slice(0, i + 1);
    end[i] = byte + 1;
    return end;
  }
  return null;
}
