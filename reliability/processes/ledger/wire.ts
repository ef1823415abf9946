import type { Socket } from "node:net";
import type { LedgerEntry } from "./ledger-record.ts";

/** What a process asks the ledger to append. */
export interface AppendRequest {
  readonly id: number;
  readonly entry: LedgerEntry;
}

/** The ledger's answer: the line is on the disk. */
export interface AppendAnswer {
  readonly id: number;
  readonly n: number;
  /** Of a start of a body or handler: how often it had been started before, by anybody. */
  readonly startsBefore: number;
}

/** Calls back for each line of JSON that comes. */
export function onMessages<Message>(socket: Socket, take: (message: Message) => void): void {
  let rest = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() as string;
    for (const line of lines) take(JSON.parse(line) as Message);
  });
}

export function sendMessage(socket: Socket, message: AppendRequest | AppendAnswer): void {
  socket.write(`${JSON.stringify(message)}\n`);
}
