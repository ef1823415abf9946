import { connect, type Socket } from "node:net";
import type { LedgerEvent } from "./ledger-record.ts";
import { type AppendAnswer, onMessages, sendMessage } from "./wire.ts";

/** The exit code of a process that lost its ledger: what it does can no longer be judged. */
const LEDGER_LOST = 70;

/** Milliseconds of the machine's monotonic clock: the same in all processes, and it goes on while one is stopped. */
export function machineTime(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * A process's way to the ledger. It does not keep the process alive, except while an answer is on its way. A ledger that
 * fails ends the process at once: its failure must not look like one of a step.
 */
export class LedgerClient {
  readonly #process: string;
  readonly #socket: Socket;
  readonly #waiting: Map<number, (answer: AppendAnswer) => void> = new Map();
  #asked = 0;

  private constructor(name: string, socket: Socket) {
    this.#process = name;
    this.#socket = socket;
    onMessages<AppendAnswer>(socket, (answer) => this.#take(answer));
    socket.on("error", () => process.exit(LEDGER_LOST));
    socket.on("close", () => process.exit(LEDGER_LOST));
    socket.unref();
  }

  static async connect(name: string, socketPath: string): Promise<LedgerClient> {
    const socket = connect(socketPath);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve).once("error", reject);
    });
    return new LedgerClient(name, socket);
  }

  /** Resolves when the event, which happens now, is on the disk. */
  append(event: LedgerEvent): Promise<AppendAnswer> {
    const id = this.#asked++;
    const entry = { ...event, process: this.#process, at: machineTime(), wall: Date.now() };
    if (this.#waiting.size === 0) this.#socket.ref();
    sendMessage(this.#socket, { id, entry });
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  #take(answer: AppendAnswer): void {
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#socket.unref();
  }
}
