import type { Mutant } from "./mutant.ts";

/** Bodies that tell that they are alive. */
export const heartbeats: readonly Mutant[] = [
  {
    id: "heartbeat-unheard",
    title: "a heartbeat does not put off the end of an attempt (a timeout of its own beside it)",
    kind: "historic",
    file: "engine/effects/attempt.ts",
    find: "if (!this.#over) this.#silence?.restart();",
    replace: "void this.#silence;",
    modes: ["soup"],
  },
  {
    id: "silence-from-the-first-heartbeat",
    title:
      "a body that never tells that it is alive is waited for: the time begins with its first heartbeat (activities)",
    kind: "historic",
    file: "engine/effects/attempt.ts",
    find: "this.#deadline?.restart();\n    this.#silence?.restart();",
    replace: "this.#deadline?.restart();",
    modes: ["soup"],
  },
  {
    id: "last-heartbeat-lost",
    title: "what a body had told last does not come to its next attempt (progress kept in memory)",
    kind: "historic",
    file: "engine/effects/step-attempts.ts",
    find: "detail: heartbeat,",
    replace: "detail: null,",
    modes: ["soup"],
  },
];
