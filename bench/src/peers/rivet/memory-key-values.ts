import type { Message } from "@rivetkit/workflow-engine";
import type { KeyValues } from "./key-values.ts";

interface Run {
  /** By the key's bytes, one character each: such strings compare as the bytes do. */
  readonly pairs: Map<string, { key: Uint8Array; value: Uint8Array }>;
  messages: Message[];
  alarm: number | null;
}

/** Rivet's storage in memory: what its own driver for tests does, without the delay that it adds to each call. */
export class MemoryKeyValues implements KeyValues {
  readonly #runs = new Map<string, Run>();
  commits = 0;

  get(run: string, key: Uint8Array): Uint8Array | null {
    return this.#run(run).pairs.get(textOf(key))?.value ?? null;
  }

  list(run: string, from: Uint8Array, to: Uint8Array | null): { key: Uint8Array; value: Uint8Array }[] {
    return this.#keysBetween(run, from, to)
      .sort()
      .map((key) => this.#run(run).pairs.get(key) as { key: Uint8Array; value: Uint8Array });
  }

  put(run: string, writes: readonly { key: Uint8Array; value: Uint8Array }[]): void {
    this.commits++;
    const { pairs } = this.#run(run);
    for (const write of writes) pairs.set(textOf(write.key), write);
  }

  remove(run: string, keys: readonly Uint8Array[]): void {
    this.commits++;
    for (const key of keys) this.#run(run).pairs.delete(textOf(key));
  }

  removeRange(run: string, from: Uint8Array, to: Uint8Array | null): void {
    this.commits++;
    for (const key of this.#keysBetween(run, from, to)) this.#run(run).pairs.delete(key);
  }

  addMessage(run: string, message: Message): void {
    this.commits++;
    this.#run(run).messages.push(message);
  }

  messages(run: string, names: readonly string[], count: number): Message[] {
    const wanted = names.length === 0 ? () => true : ({ name }: Message) => names.includes(name);
    return this.#run(run).messages.filter(wanted).slice(0, count);
  }

  removeMessages(run: string, ids: readonly string[]): void {
    this.commits++;
    const stored = this.#run(run);
    stored.messages = stored.messages.filter(({ id }) => !ids.includes(id));
  }

  setAlarm(run: string, at: number | null): void {
    this.commits++;
    this.#run(run).alarm = at;
  }

  takeDueAlarms(now: number): string[] {
    const due: string[] = [];
    for (const [id, run] of this.#runs) {
      if (run.alarm === null || run.alarm > now) continue;
      run.alarm = null;
      due.push(id);
    }
    return due;
  }

  bytes(): number {
    return 0;
  }

  close(): void {
    this.#runs.clear();
  }

  #run(id: string): Run {
    const known = this.#runs.get(id);
    if (known !== undefined) return known;
    const run: Run = { pairs: new Map(), messages: [], alarm: null };
    this.#runs.set(id, run);
    return run;
  }

  #keysBetween(run: string, from: Uint8Array, to: Uint8Array | null): string[] {
    const first = textOf(from);
    const end = to === null ? undefined : textOf(to);
    const keys: string[] = [];
    for (const key of this.#run(run).pairs.keys()) {
      if (key >= first && (end === undefined || key < end)) keys.push(key);
    }
    return keys;
  }
}

function textOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}
