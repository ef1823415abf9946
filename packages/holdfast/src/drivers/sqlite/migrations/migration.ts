/** One step of the schema. Numbered from 1, never edited after a release. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  /** Statements, separated by semicolons; run in one transaction. */
  readonly sql: string;
}
