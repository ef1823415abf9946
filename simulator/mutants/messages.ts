import type { Mutant } from "./mutant.ts";

/** Queues: sending, waiting, consuming, answering. */
export const messages: readonly Mutant[] = [
  {
    id: "consumed-before-recorded",
    title:
      "a message is consumed in one commit and recorded in the next: lost by a crash in between (actors, agent frameworks across a checkpoint)",
    kind: "historic",
    file: "engine/primitives/queue.ts",
    find: `operation.settleInTurn(() => {
        if (!run.mailbox.accept(received, admitted)) return null;
        accepted(admitted);
        stop();
        return settlementOf(operation, admitted);
      });`,
    replace: `run.mailbox.accept(received, admitted);
      accepted(admitted);
      stop();
      const settlement = settlementOf(operation, admitted);
      run.outbox.onCommit(() => {}, () => operation.settle(settlement));`,
    modes: ["single", "soup"],
  },
  {
    id: "recorded-not-consumed",
    title:
      "a recorded message stays in the queue and is received again (workflow clients that deliver signals at each replay)",
    kind: "historic",
    file: "drivers/memory/memory-tables.ts",
    find: "run.queue.remove(messageId);",
    replace: "undefined as ReturnType<typeof run.queue.remove>;",
    modes: ["single", "soup"],
  },
  {
    id: "timed-out-wait-consumes",
    title:
      "a wait whose time is over takes a message away and tells a timeout (channels with a timed receive)",
    kind: "historic",
    file: "engine/effects/mailbox.ts",
    find: "        this.#dealt.set(wait, received);\n        wait.receive(received);",
    replace:
      "        if (this.#expiring.has(wait)) {\n          this.#end(wait);\n          for (const message of mine) this.#expired(message);\n          wait.timedOut();\n          continue;\n        }\n        this.#dealt.set(wait, received);\n        wait.receive(received);",
    modes: ["single", "soup"],
    about: "next",
  },
  {
    id: "late-message-beats-timeout",
    title:
      "a message that was sent after a wait's deadline still goes to it, if the timer is late (workflow engines)",
    kind: "historic",
    file: "engine/effects/mailbox.ts",
    find: "return !this.#expiring.has(wait) || message.createdAt <= (wait.deadline ?? message.createdAt);",
    replace: "void wait;\n    void message;\n    return true;",
    modes: ["soup", "liveness"],
  },
  {
    id: "lost-race-consumes",
    title: "a message that a wait in a lost race has taken is not given back (selects over channels)",
    kind: "historic",
    file: "engine/effects/mailbox.ts",
    find: "if (this.#dealt.has(wait)) this.#collect();",
    replace: "for (const { message } of this.#dealt.get(wait) ?? []) this.#expired(message);",
    modes: ["single", "soup"],
    about: "race of",
  },
  {
    id: "newest-first",
    title: "of several messages a wait takes the newest (stacks taken for queues)",
    kind: "historic",
    file: "engine/effects/mailbox.ts",
    find: "free.slice(0, wait.count)",
    replace: "free.slice(-wait.count)",
    modes: ["single", "soup"],
    about: "next",
  },
  {
    id: "names-in-order-of-the-wait",
    title:
      "a wait for several names takes by the order of its names, not of the messages (signal channels per name)",
    kind: "historic",
    file: "drivers/memory/message-queue.ts",
    find: "found.sort((a, b) => a.position - b.position);",
    replace: "",
    modes: ["single"],
    about: "of two",
  },
  {
    id: "names-in-order-of-the-wait-sqlite",
    title: "the same in a table with a query for each name",
    kind: "historic",
    file: "drivers/sqlite/message-table.ts",
    find: "rows.sort((a, b) => numberOf(a.position) - numberOf(b.position));",
    replace: "",
    modes: ["differential", "soup"],
  },
  {
    id: "count-ignored",
    title: "a wait takes all that is queued, not as many as it asked for (batch consumers)",
    kind: "historic",
    file: "engine/effects/mailbox.ts",
    find: "free.slice(0, wait.count)",
    replace: "free",
    modes: ["single"],
    about: "next",
  },
  {
    id: "later-wait-sees-more",
    title:
      "a message that comes between the reads of two waits goes to the one that had asked later (waits that look one by one)",
    kind: "historic",
    file: "engine/effects/mailbox.ts",
    find: "const spoken = left.findIndex(({ name }) => spokenFor.has(name));",
    replace: "const spoken = -1;",
    modes: ["single"],
    about: "Promise.race of waits for several names",
  },
  {
    id: "one-message-for-two-waits",
    title: "two waits that are open at once take the same message (event emitters as channels)",
    kind: "historic",
    file: "engine/effects/mailbox.ts",
    find: "if (this.#taken.has(message.id)) return false;",
    replace: "",
    modes: ["soup"],
  },
  {
    id: "consumed-id-forgotten",
    title:
      "a second send with the id of a consumed message is queued again (queues that deduplicate only what is queued)",
    kind: "historic",
    file: "storage/tables/deliveries.ts",
    find: 'if (ledger.tables.messageState(run, message.id) !== "unknown") return null;',
    replace: 'if (ledger.tables.messageState(run, message.id) === "queued") return null;',
    modes: ["single", "soup"],
    about: "next",
  },
  {
    id: "finished-run-takes-messages",
    title:
      "a finished run takes messages that nobody will ever receive (mailboxes apart from the run's state)",
    kind: "historic",
    file: "storage/admission.ts",
    find: "if (isTerminal(run.status)) throw new RunFinishedError(run.workflowId, run.status);",
    replace: "void isTerminal;\n  void RunFinishedError;",
    modes: ["soup"],
  },
  {
    id: "answer-before-commit",
    title: "an answer is told as given before it is durable (request and reply over queues)",
    kind: "historic",
    file: "engine/effects/messages.ts",
    find: 'operation.settleOnCommit({ status: "completed", result: response });',
    replace: 'operation.settle({ status: "completed", result: response, ephemeral: true });',
    modes: ["single", "soup"],
    about: "answer",
  },
  {
    id: "answer-lost",
    title:
      "the answer to a completable message is not stored, so who asked waits for ever (request and reply over queues)",
    kind: "historic",
    file: "storage/tables/commit-batch.ts",
    find: "for (const answer of batch.complete) tables.insertResponse(key, answer.id, answer.response);",
    replace: "",
    modes: ["single"],
    about: "answer",
  },
  {
    id: "receiver-not-woken",
    title:
      "a message is queued, and the run that waits for it is not made due (a wake-up in a statement of its own)",
    kind: "historic",
    file: "storage/transitions.ts",
    find: "return { ...received, dueAt: due };",
    replace: "return received;",
    modes: ["soup", "single"],
  },
  {
    id: "wants-one-name-only",
    title: "a run that waits for several names is woken by the first of them alone (subscriptions)",
    kind: "historic",
    file: "engine/effects/mailbox.ts",
    find: "for (const wait of this.#waits) for (const name of wait.names) names.add(name);",
    replace: "for (const wait of this.#waits) names.add(wait.names[0] as string);",
    modes: ["single", "soup"],
    about: "of two",
  },
  {
    id: "parked-pass-does-not-look",
    title:
      "a run that is kept in memory is woken for a message and does not look at its queue (caches of live workflows)",
    kind: "historic",
    file: "engine/pass/pass-state.ts",
    find: "if (message === null) this.execution.mailbox.hint();",
    replace: "if (message === null) void this.execution.mailbox;",
    modes: ["single"],
    about: "together with others",
  },
  {
    id: "refused-send-swallowed",
    title: "a send that the receiver refuses is recorded as sent (fire and forget)",
    kind: "historic",
    file: "engine/primitives/send.ts",
    find: "run.outbox.send({ to, message }, (error) => operation.refuse(error));",
    replace: "run.outbox.send({ to, message }, () => {});",
    modes: ["single"],
    about: "send",
  },
  {
    id: "refused-commit-forgets-consumption",
    title:
      "a commit that is refused and made again without a send no longer consumes what it consumed (rolled back outboxes)",
    kind: "historic",
    file: "engine/pass/outbox.ts",
    find: "          consume: [...taken.consume, ...later.consume],",
    replace: "          consume: [...later.consume],",
    modes: ["soup"],
  },
  {
    id: "rewind-to-an-answer-loses-the-message",
    title:
      "a rewind to the answer of a message takes back the wait and not the message (operators who reset a step)",
    kind: "historic",
    file: "engine/operators/rewind.ts",
    find: "if (at.entry !== null && BLOCKS.has(at.entry.kind)) journal.write(",
    replace: 'if (at.entry !== null && at.entry.kind !== "iteration") journal.write(',
    modes: ["soup", "upgrade"],
  },
  {
    id: "waits-served-backwards",
    title: "of waits that are open at once the one that asked last is served first (stacks of listeners)",
    kind: "historic",
    file: "engine/effects/mailbox.ts",
    find: "for (const [wait, page] of pages) {",
    replace: "for (const [wait, page] of [...pages].reverse()) {",
    modes: ["single", "soup"],
    about: "next",
  },
  {
    id: "next-before-the-answer",
    title: "the next message is received while the one before has no answer yet (job queues without a lock)",
    kind: "historic",
    file: "engine/primitives/queue.ts",
    find: "for (const { id, wait } of scope.unanswered()) {",
    replace: "for (const { id, wait } of [...scope.unanswered()].slice(1_000)) {",
    modes: ["soup"],
  },
  {
    id: "schema-once-more",
    title:
      "a message that is given back goes through its schema again when it is received again (validating consumers)",
    kind: "historic",
    file: "engine/effects/admission.ts",
    find: "return wasReceived(message.body) ? null : (messages[message.name] ?? null);",
    replace: "return messages[message.name] ?? null;",
    modes: ["soup"],
  },
  {
    id: "refusal-takes-all",
    title: "a message that its schema refuses takes the others of its batch with it (batch consumers)",
    kind: "historic",
    file: "engine/effects/mailbox.ts",
    find: "return refused < 0 ? admitted : admitted.slice(0, Math.max(1, refused));",
    replace: "return refused < 0 ? admitted : [...admitted];",
    modes: ["soup"],
  },
  {
    id: "refusal-unrecorded",
    title:
      "a message that its schema refuses is dropped, and nothing records that it was there (dropped poison messages)",
    kind: "historic",
    file: "engine/primitives/queue.ts",
    find: 'return { status: "failed", result: refusal, change: { extra: result } };',
    replace: 'return { status: "failed", result: refusal };',
    modes: ["soup"],
  },
];
