import type { Mutant } from "./mutant.ts";

/** Undoing, and what operators do to a run. */
export const rollback: readonly Mutant[] = [
  {
    id: "finished-block-not-undone",
    title: "steps inside a finished join or map are not undone (sagas that forget nested blocks)",
    kind: "historic",
    file: "engine/pass/rollback.ts",
    find: "if (place.entry.armed && place.entry.compensation?.done !== true) armed.push(place);",
    replace:
      'if (place.parent?.parent?.entry?.status === "completed") continue;\n      if (place.entry.armed && place.entry.compensation?.done !== true) armed.push(place);',
    modes: ["single", "soup"],
    about: "undone",
  },
  {
    id: "finished-block-not-entered",
    title: "the rollback does not enter finished blocks to look for handlers (the engine we came from)",
    kind: "historic",
    file: "engine/replay/block.ts",
    find: "if (!collecting || !holdsArmed(place)) return operation.promise;",
    replace: "void collecting;\n    return operation.promise;",
    modes: ["single", "soup"],
    about: "undone",
  },
  {
    id: "losers-not-undone",
    title: "committed steps of a race's losers are not undone (sagas with races)",
    kind: "historic",
    file: "engine/primitives/race.ts",
    find: "if (!holdsArmed(place)) run.journal.remove(place);",
    replace: "if (holdsArmed !== undefined) run.journal.remove(place);",
    modes: ["soup"],
  },
  {
    id: "undone-in-order-of-start",
    title: "steps are undone in the order of their starts, not of their commits (lists of compensations)",
    kind: "historic",
    file: "engine/pass/rollback.ts",
    find: "return armed.sort((a, b) => b.entry.sequence - a.entry.sequence);",
    replace:
      "return armed.sort((a, b) => b.entry.createdAt - a.entry.createdAt || a.entry.sequence - b.entry.sequence);",
    modes: ["soup"],
  },
  {
    id: "undone-in-order-of-name",
    title: "steps are undone in the order of their keys (scans of a table)",
    kind: "historic",
    file: "engine/pass/rollback.ts",
    find: "return armed.sort((a, b) => b.entry.sequence - a.entry.sequence);",
    replace:
      "const key = (place: Armed): string => this.#execution.journal.format(place);\n    return armed.sort((a, b) => (key(a) < key(b) ? -1 : 1));",
    modes: ["single", "soup"],
    about: "undone",
  },
  {
    id: "handler-not-committed",
    title:
      "that a handler has completed is written with the end of the rollback only, so a crash runs it again (sagas)",
    kind: "historic",
    file: "engine/pass/rollback.ts",
    find: '        await this.#committer.commit({ status: "rolling_back" }, null);\n        const location',
    replace: "        const location",
    modes: ["single"],
    about: "undone",
  },
  {
    id: "rollback-starts-over",
    title:
      "a rollback that is taken up again begins with the first handler (a stale resume that runs the whole rollback again)",
    kind: "historic",
    file: "engine/pass/rollback.ts",
    find: "if (place.entry.armed && place.entry.compensation?.done !== true) armed.push(place);",
    replace: "if (place.entry.armed) armed.push(place);",
    modes: ["single", "soup"],
    about: "undone",
  },
  {
    id: "failed-handler-skipped",
    title:
      "a handler that fails for good is passed over, and the run ends as if all were undone (sagas that log and go on)",
    kind: "historic",
    file: "engine/pass/rollback.ts",
    find: 'if (final !== undefined) return { end: "failed", step: step.name, error: final };',
    replace: "if (final !== undefined) return null;",
    modes: ["soup", "single"],
    about: "undone",
  },
  {
    id: "cancel-does-not-compensate",
    title: "a cancellation that is to undo the run only ends it (cancel as a status)",
    kind: "historic",
    file: "engine/operators/cancel.ts",
    find: "if (compensate && holdsArmed(journal.root)) {",
    replace: "if (compensate && holdsArmed(journal.root) && operator.now < 0) {",
    modes: ["soup"],
  },
  {
    id: "cancel-drops-handlers",
    title:
      "a cancellation while the run rolls back ends it with handlers that never ran (cancel as a status)",
    kind: "historic",
    file: "host/run-control.ts",
    find: `      if (isTerminal(status) || status === "rolling_back") return { cancelled: false, state: status };
      return (await this.#attempt(FOR_CANCEL, (operator) => cancelRun(operator, false)))?.value;`,
    replace: `      if (isTerminal(status)) return { cancelled: false, state: status };
      const taking = { ...FOR_CANCEL, unless: [] };
      const taken = await this.#attempt<CancelOutcome>(taking, async (operator) => {
        if (operator.journal.header.status !== "rolling_back") return cancelRun(operator, false);
        await operator.commit({ status: "cancelled" });
        return { cancelled: true };
      });
      return taken?.value;`,
    modes: ["soup"],
  },
  {
    id: "cancel-always-won",
    title: "who cancels a run that has ended is told that it was cancelled (cancel without an answer)",
    kind: "historic",
    file: "host/run-control.ts",
    find: `      if (isTerminal(status) || status === "rolling_back") return { cancelled: false, state: status };
      return (await`,
    replace: `      if (isTerminal(status) || status === "rolling_back") return { cancelled: true };
      return (await`,
    modes: ["soup"],
  },
  {
    id: "resumed-rollback-goes-forward",
    title:
      "a run that was paused while it rolled back goes forward when it is resumed (pause as a status of its own)",
    kind: "historic",
    file: "engine/operators/pause.ts",
    find: 'await operator.commit({ status: rollback === "none" ? "sleeping" : "rolling_back", wakeAt: operator.now });',
    replace: 'void rollback;\n  await operator.commit({ status: "sleeping", wakeAt: operator.now });',
    modes: ["soup"],
  },
  {
    id: "recover-keeps-attempts",
    title: "a recovered step has no attempts left (operators who retry a dead job)",
    kind: "historic",
    file: "engine/operators/recover.ts",
    find: "    journal.removeEntry(place);\n    return;",
    replace:
      '    journal.write(place, { ...entry, status: "pending", sequence: 0, settledAt: 0, result: null });\n    return;',
    modes: ["soup"],
  },
  {
    id: "rewind-leaves-rows",
    title: "a rewind forgets the entry and keeps what came after it (operators who reset a step)",
    kind: "historic",
    file: "engine/operators/rewind.ts",
    find: "else if (comesAfter(place.entry, from)) forgotten.push(place);",
    replace: "else if (from < 0 && comesAfter(place.entry, from)) forgotten.push(place);",
    modes: ["soup"],
  },
  {
    id: "rewind-loses-messages",
    title: "messages that were received after the point of a rewind are gone (operators who reset a step)",
    kind: "historic",
    file: "engine/operators/rewind.ts",
    find: "outbox.send({ to: workflowId, message: queued, requeue: true }, () => {});",
    replace: "void queued;",
    modes: ["soup"],
  },
  {
    id: "rewind-requeues-as-new",
    title: "messages that a rewind puts back go behind those that came later (operators who reset a step)",
    kind: "historic",
    file: "storage/tables/deliveries.ts",
    find: "return { to, message, front: requeue };",
    replace: "return { to, message, front: false };",
    modes: ["soup"],
  },
  {
    id: "eviction-thrown-into-code",
    title:
      "a run that is stopped here rejects what its code waits for, and the code may catch it (engines that cancel by exception)",
    kind: "historic",
    file: "engine/replay/operation.ts",
    find: "    this.promise.keepQuiet();\n",
    replace: "    this.promise.keepQuiet();\n    at.scope.onClose((reason) => this.#reject(reason));\n",
    modes: ["soup"],
  },
];
