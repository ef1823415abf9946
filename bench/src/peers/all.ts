import { limitsSubject } from "../limits/limits-subject.ts";
import type { Subject } from "../subject.ts";
import { absurd } from "./absurd.ts";
import { dbos } from "./dbos.ts";
import { holdfastInMemory, holdfastOnFull, holdfastOnNormal, holdfastOnPostgres } from "./holdfast.ts";
import { openWorkflowOnPostgres, openWorkflowOnSqlite } from "./openworkflow.ts";
import { restate } from "./restate/restate.ts";
import { rivetInMemory, rivetOnFull, rivetOnNormal } from "./rivet/rivet.ts";

/** Everything that is measured, in the order of the tables. */
export const SUBJECTS: readonly Subject[] = [
  limitsSubject,
  holdfastInMemory,
  holdfastOnFull,
  holdfastOnNormal,
  holdfastOnPostgres,
  rivetInMemory,
  rivetOnFull,
  rivetOnNormal,
  openWorkflowOnSqlite,
  openWorkflowOnPostgres,
  dbos,
  absurd,
  restate,
];
