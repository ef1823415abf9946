/** Something that must not have happened. */
export interface Violation {
  /** As in the list of invariants, such as `I4`. */
  readonly invariant: string;
  readonly run: string;
  readonly problem: string;
}
