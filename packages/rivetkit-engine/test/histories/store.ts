import type { Driver, Library } from "../compat/library.ts";

/** What a driver held at one instant, as a file keeps it. */
export interface StoredRun {
  /** Rows in hexadecimal. */
  readonly kv: Readonly<Record<string, string>>;
  readonly messages: readonly { id: string; name: string; data: unknown; sentAt: number }[];
}

/** A program's histories, one after each write of RivetKit's own engine. */
export interface RecordedProgram {
  readonly name: string;
  readonly end: { readonly output?: unknown; readonly error?: string };
  readonly effects: readonly string[];
  readonly stages: readonly StoredRun[];
}

export async function storedRun(driver: Driver): Promise<StoredRun> {
  const kv: Record<string, string> = {};
  for (const [key, value] of Object.entries(driver.snapshot().kv)) kv[key] = hex(value);
  const messages = await driver.messageDriver.receiveMessages({ count: 100, completable: true });
  return { kv, messages: messages.map(({ id, name, data, sentAt }) => ({ id, name, data, sentAt })) };
}

/** A driver that holds it. */
export async function driverOf(lib: Library, stored: StoredRun): Promise<Driver> {
  const driver = new lib.InMemoryDriver();
  driver.latency = 0;
  for (const [key, value] of Object.entries(stored.kv)) await driver.set(bytes(key), bytes(value));
  for (const message of stored.messages) await driver.messageDriver.addMessage(message);
  return driver;
}

function hex(value: Uint8Array): string {
  return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
