import type { Mutant } from "./mutant.ts";

/** Messages whose time is over. */
export const expiry: readonly Mutant[] = [
  {
    id: "expired-messages-received",
    title: "a message is received though its time is over (queues that expire by a sweep)",
    kind: "historic",
    file: "engine/effects/mailbox.ts",
    find: "if (message.expiresAt === null || message.expiresAt > this.#now()) return true;",
    replace: "if (message.expiresAt === null || message.expiresAt > 0) return true;",
    modes: ["soup"],
  },
  {
    id: "messages-expire-too-soon",
    title: "a message is dropped before its time is over (seconds taken for milliseconds)",
    kind: "historic",
    file: "engine/effects/mailbox.ts",
    find: "if (message.expiresAt === null || message.expiresAt > this.#now()) return true;",
    replace: "if (message.expiresAt === null || message.expiresAt > this.#now() + 5_000) return true;",
    modes: ["soup"],
  },
  {
    id: "expired-messages-left-in-the-queue",
    title:
      "an expired message is passed over and stays queued, so that it wakes its run for ever (mailboxes of actors)",
    kind: "historic",
    file: "engine/effects/mailbox.ts",
    find: "this.#expired(message);\n    return false;",
    replace: "return false;",
    modes: ["soup"],
  },
];
