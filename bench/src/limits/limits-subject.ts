import type { Subject } from "../subject.ts";

const NO_ENGINE = "no engine";

/** Stands beside the engines in the plan, for what is measured without any. */
export const limitsSubject: Subject = {
  id: "limits",
  label: "Physical limits",
  storage: "memory",
  durability:
    "as each column says; SQLite and PostgreSQL with a write-ahead log, PostgreSQL with its defaults",
  settings: "",
  gaps: {
    W1: NO_ENGINE,
    W2: NO_ENGINE,
    W3: NO_ENGINE,
    W4: NO_ENGINE,
    W5: NO_ENGINE,
    W6: NO_ENGINE,
    W7: NO_ENGINE,
    W8: NO_ENGINE,
    W9: NO_ENGINE,
  },
  load: () => Promise.reject(new Error(NO_ENGINE)),
};
