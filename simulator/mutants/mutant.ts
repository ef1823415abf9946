/** A defect put back into the library on purpose, as a change of its source: the simulator must find it. */
export interface Mutant {
  /** Short, in lower case with hyphens. */
  readonly id: string;
  /** What goes wrong with it, in a line, and in which kind of system it was seen. */
  readonly title: string;
  readonly kind: "control" | "historic";
  /** Under packages/holdfast/src. */
  readonly file: string;
  /** A text that occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** The modes that are to find it, in the order in which they are tried. */
  readonly modes: readonly string[];
  /** Of the canonical programs only those with this in their names are played: those that do what the mutant breaks. */
  readonly about?: string;
}
