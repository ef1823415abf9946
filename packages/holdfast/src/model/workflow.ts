import { checkFunction, checkName } from "./check.ts";
import type { WorkflowContext } from "./context.ts";
import { describe } from "./describe.ts";
import { InvalidArgumentError } from "./errors/argument-errors.ts";
import type { MessageBodies } from "./message.ts";
import { checkGiven, type OptionNames, optionNames } from "./option-names.ts";
import { checkSchema, type Schema } from "./schema.ts";

/**
 * The function of a workflow. It may run many times, and has to ask for the same operations each time: what reaches out
 * of it (a call, a file, the clock, chance) belongs into `ctx.step`.
 */
export type WorkflowFunction<
  Input = unknown,
  Output = unknown,
  Bodies extends MessageBodies = MessageBodies,
> = (ctx: WorkflowContext<Bodies>, input: Input) => Promise<Output> | Output;

/** What definitions have besides their input and their function. */
interface DefinitionParts<Output, Messages> {
  /** Stored with every run, at most 256 bytes: a host finds the code of a run by it, so renaming strands live runs. */
  readonly name: string;
  /** Shown with the run; does not take part in replay. */
  readonly version?: string;
  /** Checks what the function returns; an output that does not fit fails the run with `ValidationError`. */
  readonly output?: Schema<unknown, Output>;
  /**
   * A schema for each message that the workflow receives, by name. They type `ctx.queue`, `ctx.listen` and the handle, and a
   * body that does not fit is refused when it is sent. @default any message is taken
   */
  readonly messages?: Messages;
}

/** A schema for each message: takes what is sent, gives what is received. */
type SchemasOf<Bodies, RawBodies> = {
  readonly [Name in keyof Bodies]: Schema<
    Name extends keyof RawBodies ? RawBodies[Name] : unknown,
    Bodies[Name]
  >;
};

/** A workflow: a name, a function, optional schemas. Make one with `defineWorkflow`. */
export interface WorkflowDefinition<
  Input = unknown,
  Output = unknown,
  Bodies extends MessageBodies = MessageBodies,
  RawInput = Input,
  RawBodies extends MessageBodies = Bodies,
> extends DefinitionParts<Output, SchemasOf<Bodies, RawBodies>> {
  /** Checks the input when a run is started, before anything is stored; the function gets what the schema gives. */
  readonly input?: Schema<RawInput, Input>;
  readonly run: WorkflowFunction<Input, Output, Bodies>;
}

/** A definition or a bare function: both are taken wherever a workflow is wanted. */
export type Workflow<
  Input = unknown,
  Output = unknown,
  Bodies extends MessageBodies = MessageBodies,
  RawInput = Input,
  RawBodies extends MessageBodies = Bodies,
> = WorkflowDefinition<Input, Output, Bodies, RawInput, RawBodies> | WorkflowFunction<Input, Output, Bodies>;

type SchemaMap = Readonly<Record<string, Schema<unknown, unknown>>>;
type OutputOf<S> = S extends { readonly "~standard": { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly output: infer O }
    ? O
    : unknown
  : unknown;
type InputOf<S> = S extends { readonly "~standard": { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly input: infer I }
    ? I
    : unknown
  : unknown;
/** Message bodies as the workflow receives them. */
type BodiesOf<M> = keyof M extends never ? MessageBodies : { readonly [Name in keyof M]: OutputOf<M[Name]> };
/** Message bodies as they are sent. */
type RawBodiesOf<M> = keyof M extends never
  ? MessageBodies
  : { readonly [Name in keyof M]: InputOf<M[Name]> };

/**
 * Defines a workflow. Types of input, output and message bodies come from the schemas where there are any (any
 * Standard Schema library: Zod, Valibot, ArkType, …), else from the function.
 * @throws InvalidArgumentError when the name is empty, or `run` is not a function; LimitError when the name is too long.
 *
 * @example
 * const order = defineWorkflow({
 *   name: "order",
 *   input: z.object({ orderId: z.string() }),
 *   messages: { shipped: z.object({ tracking: z.string() }) },
 *   run: async (ctx, { orderId }) => {
 *     await ctx.step("charge", ({ idempotencyKey }) => charge(orderId, idempotencyKey));
 *     return await ctx.listen("wait-shipping", "shipped");
 *   },
 * });
 */
export function defineWorkflow<
  InputSchema extends Schema,
  Output,
  Messages extends SchemaMap = Record<never, never>,
>(
  definition: DefinitionParts<Output, Messages> & {
    /** Checks the input when a run is started, before anything is stored; the function gets what the schema gives. */
    readonly input: InputSchema;
    readonly run: WorkflowFunction<OutputOf<InputSchema>, Output, BodiesOf<Messages>>;
  },
): WorkflowDefinition<
  OutputOf<InputSchema>,
  Output,
  BodiesOf<Messages>,
  InputOf<InputSchema>,
  RawBodiesOf<Messages>
>;
/** Defines a workflow whose input has no schema: its type is that of the function's parameter. */
export function defineWorkflow<Input, Output, Messages extends SchemaMap = Record<never, never>>(
  definition: DefinitionParts<Output, Messages> & {
    readonly input?: undefined;
    readonly run: WorkflowFunction<Input, Output, BodiesOf<Messages>>;
  },
): WorkflowDefinition<Input, Output, BodiesOf<Messages>, Input, RawBodiesOf<Messages>>;
export function defineWorkflow(definition: object): WorkflowDefinition {
  checkDefinition(definition as WorkflowDefinition);
  return definition as WorkflowDefinition;
}

const DEFINITION: OptionNames = optionNames<WorkflowDefinition>({
  name: true,
  version: true,
  input: true,
  output: true,
  messages: true,
  run: true,
});

/** @throws InvalidArgumentError, LimitError */
function checkDefinition(given: WorkflowDefinition): void {
  checkGiven(given, "A workflow", DEFINITION);
  const { name, version, input, output, messages, run } = given;
  checkName(name, "The workflow's name");
  const where = `Workflow ${JSON.stringify(name)}`;
  checkFunction(run, `${where}: run`);
  if (version !== undefined) checkName(version, `${where}: version`);
  checkSchema(input, `${where}: input`);
  checkSchema(output, `${where}: output`);
  if (messages === undefined) return;
  for (const [message, schema] of entriesOf(messages, `${where}: messages`)) {
    checkSchema(schema, `${where}: messages.${message}`);
  }
}

function entriesOf(given: object, what: string): [string, unknown][] {
  try {
    if (typeof given === "object" && given !== null && !Array.isArray(given)) return Object.entries(given);
  } catch {
    // It cannot be looked at.
  }
  throw new InvalidArgumentError(`${what} must be an object of schemas by name; got ${describe(given)}.`);
}

/** Any workflow, whatever its types: a definition or a bare function. */
export type AnyWorkflow =
  | { readonly name: string; readonly run: (ctx: never, input: never) => unknown }
  | ((ctx: never, input: never) => unknown);

/**
 * A workflow as a definition: a bare function is named after itself.
 * @throws InvalidArgumentError, LimitError
 */
export function definitionOf(workflow: AnyWorkflow): WorkflowDefinition {
  if (typeof workflow === "function") {
    const name: unknown = workflow.name === "" ? "workflow" : workflow.name;
    checkName(name, "The name of the workflow's function");
    return { name, run: workflow as unknown as WorkflowFunction };
  }
  if (typeof workflow !== "object" || workflow === null) {
    throw new InvalidArgumentError(
      `A workflow is what defineWorkflow returns, or a function (ctx, input); got ${describe(workflow)}.`,
    );
  }
  const definition = workflow as unknown as WorkflowDefinition;
  checkDefinition(definition);
  return definition;
}
