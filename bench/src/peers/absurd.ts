import type { Subject } from "../subject.ts";

const NO_SCHEMA = "its tables are not in its npm package: a tool from another registry creates them";

/** Stands in the tables with the reason why it is not measured. */
export const absurd: Subject = {
  id: "absurd",
  label: "Absurd, PostgreSQL",
  storage: "postgres",
  durability: "a power cut",
  settings: "",
  gaps: {
    W1: NO_SCHEMA,
    W2: NO_SCHEMA,
    W3: NO_SCHEMA,
    W4: NO_SCHEMA,
    W5: NO_SCHEMA,
    W6: NO_SCHEMA,
    W7: NO_SCHEMA,
    W8: NO_SCHEMA,
    W9: NO_SCHEMA,
  },
  load: () => Promise.reject(new Error(NO_SCHEMA)),
};
