const BRAND: unique symbol = Symbol.for("holdfast.error") as never;

/** A class of errors, whatever its constructor takes. */
export interface ErrorClass {
  readonly code: string;
  readonly prototype: HoldfastError;
}

/** Every class of the library's errors by its code: what a stored failure is revived as. */
const classesByCode = new Map<string, ErrorClass>();

/**
 * The base of every error that Holdfast throws. `code` is stable and meant for programs, `message` for people: what
 * happened, where, and what to do. `cause` is kept.
 */
export class HoldfastError extends Error {
  /** The code of this class; instances carry it as `code`. */
  static readonly code: string = "HOLDFAST_ERROR";

  readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = new.target.code;
    this.name = classNames.get(new.target) ?? "HoldfastError";
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
    if (typeof value !== "object" || value === null || !(BRAND in value)) return false;
    return this.code === HoldfastError.code || (value as { code?: unknown }).code === this.code;
  }
}

const classNames = new Map<unknown, string>([[HoldfastError, "HoldfastError"]]);

/**
 * Registers error classes under their exported names. Names are given as strings, not read from the classes, because
 * a minifier changes those, and stored failures carry them.
 */
export function registerErrors(classes: Readonly<Record<string, ErrorClass>>): void {
  for (const [name, errorClass] of Object.entries(classes)) {
    classNames.set(errorClass, name);
    classesByCode.set(errorClass.code, errorClass);
  }
}

/** The class with this code, or undefined for a code of the user's own. */
export function errorClassOf(code: string): ErrorClass | undefined {
  return classesByCode.get(code);
}
