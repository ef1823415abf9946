const BRAND: unique symbol = Symbol.for("holdfast.error") as never;

/** A class of errors, whatever its constructor takes. */
export interface ErrorClass {
  readonly code: string;
  readonly prototype: HoldfastError;
}

/**
 * The base of every error that Holdfast throws. `code` is stable and meant for programs, `message` for people: what
 * happened, where, and what to do. `cause` is kept.
 */
export class HoldfastError extends Error {
  /** The code of this class, its name in capitals without `Error`; instances carry it as `code`. */
  static readonly code: string = "HOLDFAST";

  readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = new.target.code;
    // Defined, not assigned: that works where Error.prototype is frozen, and the name is no data of the error.
    Object.defineProperty(this, "name", { value: errorName(this.code), configurable: true, writable: true });
  }

  /** @internal Marks instances across copies of the library. */
  get [BRAND](): true {
    return true;
  }

  /**
   * Whether `value` is an error of this class, also when it was made by another copy of the library (two versions in
   * one dependency tree), where `instanceof` fails.
   */
  static is<Class extends ErrorClass>(this: Class, value: unknown): value is Class["prototype"] {
    if (typeof value !== "object" || value === null) return false;
    try {
      if (!(BRAND in value)) return false;
      return this.code === HoldfastError.code || (value as { code?: unknown }).code === this.code;
    } catch {
      // A proxy that throws is nobody's error.
      return false;
    }
  }
}

/**
 * The name of the class with this code: `STEP_EXHAUSTED` is that of `StepExhaustedError`. It is not read from the class,
 * because a minifier changes that.
 */
function errorName(code: string): string {
  const words = code.split("_").map((word) => word.charAt(0) + word.slice(1).toLowerCase());
  return `${words.join("")}Error`;
}
