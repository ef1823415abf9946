import type { Bank, Mail, Travel } from "../src/services.ts";

/** A world in which all goes well, and that remembers what was done. */
export function remembering() {
  const done: string[] = [];
  const act = async <Value>(what: string, value: Value) => {
    done.push(what);
    return value;
  };
  const bank: Bank = {
    charge: (card, cents, { idempotencyKey }) => act(`charge ${card} ${cents} ${idempotencyKey}`, "charge-1"),
    mailReceipt: (charge) => act(`receipt ${charge}`, undefined),
  };
  const mail: Mail = { send: (to, text) => act(`${to}: ${text}`, undefined) };
  const travel: Travel = {
    book: (what) => act(`book ${what}`, `${what}-1`),
    cancel: (booking) => act(`cancel ${booking}`, undefined),
  };
  return { done, bank, mail, travel };
}
