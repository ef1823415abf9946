// The ledger: a process that does nothing but append. What it has answered is on the disk, whatever is killed.
// Parameters: its file, its socket. It ends when its standard input does.

import { existsSync, fsyncSync, openSync, writeSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { endsWithParent } from "../round/ends-with-parent.ts";
import { readLedger } from "./ledger-file.ts";
import type { LedgerEvent, LedgerRecord } from "./ledger-record.ts";
import { type AppendAnswer, type AppendRequest, onMessages, sendMessage } from "./wire.ts";

/** Appends lines; those that come in one turn of the event loop share one sync to the disk. */
class Ledger {
  readonly #file: number;
  readonly #starts: Map<string, number> = new Map();
  #lines = 0;
  #text = "";
  readonly #answers: (() => void)[] = [];

  constructor(path: string) {
    if (existsSync(path)) for (const record of readLedger(path)) this.#count(record);
    this.#file = openSync(path, "a");
  }

  append({ id, entry }: AppendRequest, socket: Socket): void {
    if (this.#answers.length === 0) setImmediate(() => this.#flush());
    const record: LedgerRecord = { ...entry, n: this.#lines };
    const startsBefore = this.#count(record);
    this.#text += `${JSON.stringify(record)}\n`;
    const answer: AppendAnswer = { id, n: record.n, startsBefore };
    this.#answers.push(() => sendMessage(socket, answer));
  }

  #count(record: LedgerEvent): number {
    this.#lines += 1;
    if (record.type !== "body-start" && record.type !== "handler-start") return 0;
    const key = JSON.stringify([record.run, record.path, record.type]);
    const before = this.#starts.get(key) ?? 0;
    this.#starts.set(key, before + 1);
    return before;
  }

  #flush(): void {
    writeSync(this.#file, this.#text);
    fsyncSync(this.#file);
    this.#text = "";
    for (const answer of this.#answers.splice(0)) answer();
  }
}

const [path = "", socketPath = ""] = process.argv.slice(2);
const ledger = new Ledger(path);
const server = createServer((socket) => {
  onMessages<AppendRequest>(socket, (request) => ledger.append(request, socket));
  // Processes are killed with answers on their way.
  socket.on("error", () => socket.destroy());
});
server.listen(socketPath, () => process.stdout.write("ready\n"));
endsWithParent();
