import type { Mutant } from "./mutant.ts";

/** Sleeps, deadlines, wake-up times. */
export const timers: readonly Mutant[] = [
  {
    id: "long-timer-fires-at-once",
    title:
      "a delay above 2^31 − 1 ms wraps around and is over at once (timers of the runtime under in-memory engines)",
    kind: "historic",
    file: "engine/effects/timers.ts",
    find: "const remaining = Math.min(Math.max(0, dueAt - this.now()), fullMs);",
    replace: "const remaining = Math.min(Math.max(0, (dueAt - this.now()) | 0), fullMs);",
    modes: ["single"],
    about: "very long sleep",
  },
  {
    id: "sleep-begins-anew",
    title: "replay reckons the deadline of a sleep anew from now (engines that store durations)",
    kind: "historic",
    file: "engine/primitives/sleep.ts",
    find: "if (place.entry === null) operation.pend({ createdAt: now, dueAt: deadline(now) });",
    replace: "operation.pend({ createdAt: now, dueAt: deadline(now) });",
    modes: ["single"],
    about: "sleep",
  },
  {
    id: "wait-begins-anew",
    title: "replay reckons the deadline of a wait for messages anew from now (engines that store durations)",
    kind: "historic",
    file: "engine/primitives/queue.ts",
    find: "if (place.entry === null) operation.pend({ createdAt: now, dueAt: wanted.deadline?.(now) ?? null });",
    replace: "operation.pend({ createdAt: now, dueAt: wanted.deadline?.(now) ?? null });",
    modes: ["single", "soup"],
    about: "next of two",
  },
  {
    id: "timers-of-the-next-poll",
    title: "what is due before the next poll fires with this one (schedulers that poll by the second)",
    kind: "historic",
    file: "engine/effects/timers.ts",
    find: "if (timer.dueAt > this.now() && timer.dueMonotonic > this.#clock.monotonic()) return;",
    replace:
      "if (timer.dueAt > this.now() + 500 && timer.dueMonotonic > this.#clock.monotonic() + 500) return;",
    modes: ["single", "soup"],
  },
  {
    id: "timers-by-the-workers-clock",
    title: "timers are judged by the wall clock of whoever runs the run (schedulers on several machines)",
    kind: "historic",
    file: "host/hosted-run.ts",
    find: "this.#now = storeClock(clock, claimed.claim.storeTime);",
    replace: "void storeClock;\n    this.#now = () => clock.now();",
    modes: ["soup"],
  },
  {
    id: "message-wait-forgets-its-timeout",
    title: "a run that waits for a message or a time parks without the time (engines with one kind of wait)",
    kind: "historic",
    file: "engine/pass/forward.ts",
    find: 'return { end: "parked", wakeAt: timers.earliest(), wants: mailbox.wants() };',
    replace:
      'return { end: "parked", wakeAt: mailbox.isWaiting ? null : timers.earliest(), wants: mailbox.wants() };',
    modes: ["soup"],
  },
  {
    id: "latest-timer-wakes",
    title: "of several timers a run parks until the latest (a single alarm per actor, set over)",
    kind: "historic",
    file: "engine/pass/forward.ts",
    find: 'return { end: "parked", wakeAt: timers.earliest(), wants: mailbox.wants() };',
    replace:
      'const earliest = timers.earliest();\n    return { end: "parked", wakeAt: earliest !== null && timers.size > 1 ? earliest + 30_000 : earliest, wants: mailbox.wants() };',
    modes: ["soup", "liveness"],
  },
  {
    id: "resume-loses-the-wake",
    title: "a run that is resumed sleeps on with nothing that would wake it (pause as a status of its own)",
    kind: "historic",
    file: "engine/operators/pause.ts",
    find: 'await operator.commit({ status: rollback === "none" ? "sleeping" : "rolling_back", wakeAt: operator.now });',
    replace: 'await operator.commit({ status: rollback === "none" ? "sleeping" : "rolling_back" });',
    modes: ["soup", "liveness"],
  },
  {
    id: "notifications-trusted",
    title:
      "a host that has nothing to do looks again only when it is notified (LISTEN/NOTIFY without polling)",
    kind: "historic",
    file: "host/worker.ts",
    find: "if (nextDueAt === null) return pollMs;",
    replace: "if (nextDueAt === null) return 2 ** 31 - 1;",
    modes: ["soup", "liveness"],
  },
  {
    id: "notification-before-wait-lost",
    title:
      "a notification that comes before somebody waits for it is forgotten (condition variables without a flag)",
    kind: "historic",
    file: "engine/replay/wakeup.ts",
    find: "if (resume === null) this.#notified = true;",
    replace: "if (resume === null) this.#notified = false;",
    modes: ["soup", "single"],
  },
];
