/**
 * One step of the schema. Numbered from 1, never edited after a release. Each changes the schema itself: by that a process of an
 * older release, which has the file open meanwhile, notices that it must not go on.
 */
export interface Migration {
  readonly version: number;
  readonly name: string;
  /** Statements, separated by semicolons; run in one transaction. */
  readonly sql: string;
}
