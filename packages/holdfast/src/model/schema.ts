import { describe } from "./describe.ts";
import { InvalidArgumentError, ValidationError, type ValidationIssue } from "./errors/argument-errors.ts";
import { messageOf } from "./errors/describe-error.ts";

/**
 * The part of Standard Schema (version 1, standardschema.dev) that Holdfast uses, structurally typed so that no
 * schema library is a dependency: Zod, Valibot, ArkType and others fit it.
 */
export interface Schema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/**
 * The value as the schema gives it (defaults filled in, transformed).
 * @throws ValidationError when it does not fit.
 */
export async function validate<Output>(
  schema: Schema<unknown, Output>,
  value: unknown,
  what: string,
): Promise<Output> {
  const result: SchemaResult<Output> | undefined = await asked(schema, value, what);
  if (typeof result !== "object" || result === null) throw noResult(what, result);
  if (result.issues === undefined) return result.value;
  if (!Array.isArray(result.issues)) throw noResult(what, result.issues);
  throw new ValidationError(what, issuesOf(what, result.issues));
}

/** @throws ValidationError with what the schema throws: code of its author's, which takes the value no other time either. */
async function asked<Output>(
  schema: Schema<unknown, Output>,
  value: unknown,
  what: string,
): Promise<SchemaResult<Output>> {
  try {
    const result = await schema["~standard"].validate(value);
    if (typeof result !== "object" || result === null) return result;
    return result.issues === undefined ? { value: result.value } : { issues: result.issues };
  } catch (cause) {
    throw new ValidationError(what, [{ message: messageOf(cause), path: [] }], { cause });
  }
}

type SchemaIssue = Exclude<SchemaResult<unknown>["issues"], undefined>[number];

/** @throws InvalidArgumentError when they are not what Standard Schema says. */
function issuesOf(what: string, issues: readonly SchemaIssue[]): readonly ValidationIssue[] {
  try {
    return issues.map(({ message, path = [] }) => ({
      message: String(message),
      path: Array.from(path, (part) => propertyKey(typeof part === "object" ? part.key : part)),
    }));
  } catch {
    throw noResult(what, issues);
  }
}

function propertyKey(key: PropertyKey): PropertyKey {
  return typeof key === "symbol" || typeof key === "number" ? key : String(key);
}

function noResult(what: string, given: unknown): InvalidArgumentError {
  return new InvalidArgumentError(
    `The schema of ${what} must give { value } or { issues: […] }, as Standard Schema says; it gave ${describe(given)}.`,
  );
}

function isStandard(schema: unknown): boolean {
  try {
    const standard = (schema as { "~standard"?: { validate?: unknown } } | null)?.["~standard"];
    return typeof standard?.validate === "function";
  } catch {
    return false;
  }
}

/** @throws InvalidArgumentError when it is neither absent nor a schema. */
export function checkSchema(schema: unknown, what: string): void {
  if (schema === undefined) return;
  if (!isStandard(schema)) {
    throw new InvalidArgumentError(
      `${what} must be a Standard Schema (Zod, Valibot, ArkType, …); got ${describe(schema)}.`,
    );
  }
}
