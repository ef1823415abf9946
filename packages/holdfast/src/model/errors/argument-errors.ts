import { formatBytes, formatMs } from "./amounts.ts";
import { HoldfastError } from "./holdfast-error.ts";

/** Thrown when an argument is wrong; nothing was written. The message says what was expected, what came, its type. */
export class InvalidArgumentError extends HoldfastError {
  static override readonly code: string = "INVALID_ARGUMENT";
}

/** Thrown when something exceeds a limit: the message says limit, value and remedy. */
export class LimitError extends HoldfastError {
  static override readonly code: string = "LIMIT";
  /** The name of the limit, as in `limits`. */
  readonly limit: string;
  readonly maximum: number;
  readonly actual: number;

  constructor(details: { limit: string; maximum: number; actual: number; where: string; remedy: string }) {
    super(
      `${capital(details.where)} exceeds the limit "${details.limit}": ${amount(details.limit, details.actual)}, at most ${amount(details.limit, details.maximum)}. ${details.remedy}`,
    );
    this.limit = details.limit;
    this.maximum = details.maximum;
    this.actual = details.actual;
  }
}

/** A number with the unit that the limit's name ends in. */
function amount(limit: string, value: number): string {
  if (limit.endsWith("Bytes")) return formatBytes(value);
  return limit.endsWith("Ms") ? formatMs(value) : `${value}`;
}

function capital(text: string): string {
  return text.replace(/^the /, "The ");
}

/** One problem that a schema found. */
export interface ValidationIssue {
  readonly message: string;
  readonly path: readonly PropertyKey[];
}

/** So many of them are in the message of an error. */
const TOLD_ISSUES = 20;

/**
 * Thrown when an input, output or message does not fit the schema of its definition; its message tells the first twenty `issues`. What the schema itself threw, if it did, is the
 * `cause`.
 */
export class ValidationError extends HoldfastError {
  static override readonly code: string = "VALIDATION";
  readonly issues: readonly ValidationIssue[];

  constructor(what: string, issues: readonly ValidationIssue[], options?: ErrorOptions) {
    const list = issues.slice(0, TOLD_ISSUES).map((issue) => {
      const path = issue.path.map((part) => String(part)).join(".");
      return path === "" ? issue.message : `${path}: ${issue.message}`;
    });
    if (issues.length > list.length) list.push(`and ${issues.length - list.length} more`);
    super(`${what} does not fit its schema: ${list.join("; ")}.`, options);
    this.issues = issues;
  }
}

/** Thrown when a value cannot be stored exactly; `path` says where in the value, e.g. `output.items[3].callback`. */
export class UnserializableValueError extends HoldfastError {
  static override readonly code: string = "UNSERIALIZABLE_VALUE";
  readonly path: string;

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(
      `${capital(path)} cannot be stored: ${problem}. Return plain data (or convert it to plain data first); a value is stored exactly or not at all.`,
      options,
    );
    this.path = path;
  }
}

/** Thrown when a context is used where it must not be: after its scope ended, or inside a step body. */
export class ContextMisuseError extends HoldfastError {
  static override readonly code: string = "CONTEXT_MISUSE";
}

/** Thrown when two operations of one scope have the same name. */
export class DuplicateNameError extends HoldfastError {
  static override readonly code: string = "DUPLICATE_NAME";
}

/**
 * Thrown (with `strict: true`; otherwise reported) when an operation starts from a promise that the engine does not
 * own, such as a timer or a `fetch` outside a step: replay cannot repeat when that happens.
 */
export class NondeterminismError extends HoldfastError {
  static override readonly code: string = "NONDETERMINISM";
}

/** Thrown when the JavaScript runtime lacks something that Holdfast needs. */
export class UnsupportedRuntimeError extends HoldfastError {
  static override readonly code: string = "UNSUPPORTED_RUNTIME";
}
