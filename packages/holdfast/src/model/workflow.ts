import { checkName } from "./check.ts";
import type { WorkflowContext } from "./context.ts";
import { describe } from "./describe.ts";
import { InvalidArgumentError } from "./errors/argument-errors.ts";
import type { MessageBodies } from "./message.ts";
import { checkSchema, type Schema } from "./schema.ts";

/** The function of a workflow. */
export type WorkflowFunction<
  Input = unknown,
  Output = unknown,
  Bodies extends MessageBodies = MessageBodies,
> = (ctx: WorkflowContext<Bodies>, input: Input) => Promise<Output> | Output;

/** A workflow: a name, a function, optional schemas. Make one with `defineWorkflow`. */
export interface WorkflowDefinition<
  Input = unknown,
  Output = unknown,
  Bodies extends MessageBodies = MessageBodies,
  RawInput = Input,
> {
  /** Stored with every run; renaming a workflow strands its runs. */
  readonly name: string;
  /** Shown with the run; does not take part in replay. */
  readonly version?: string;
  readonly input?: Schema<RawInput, Input>;
  readonly output?: Schema<unknown, Output>;
  readonly messages?: { readonly [Name in keyof Bodies]: Schema<unknown, Bodies[Name]> };
  readonly run: WorkflowFunction<Input, Output, Bodies>;
}

/** A definition or a bare function: both are taken wherever a workflow is wanted. */
export type Workflow<
  Input = unknown,
  Output = unknown,
  Bodies extends MessageBodies = MessageBodies,
  RawInput = Input,
> = WorkflowDefinition<Input, Output, Bodies, RawInput> | WorkflowFunction<Input, Output, Bodies>;

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
type BodiesOf<M> = { readonly [Name in keyof M]: OutputOf<M[Name]> };

/**
 * Defines a workflow. Types of input, output and message bodies come from the schemas where there are any (any
 * Standard Schema library), else from the function.
 * @throws InvalidArgumentError when the name is empty or too long, or `run` is not a function.
 */
export function defineWorkflow<
  InputSchema extends Schema,
  Output,
  Messages extends SchemaMap = Record<never, never>,
>(definition: {
  readonly name: string;
  readonly version?: string;
  readonly input: InputSchema;
  readonly output?: Schema<unknown, Output>;
  readonly messages?: Messages;
  readonly run: WorkflowFunction<
    OutputOf<InputSchema>,
    Output,
    keyof Messages extends never ? MessageBodies : BodiesOf<Messages>
  >;
}): WorkflowDefinition<
  OutputOf<InputSchema>,
  Output,
  keyof Messages extends never ? MessageBodies : BodiesOf<Messages>,
  InputOf<InputSchema>
>;
export function defineWorkflow<Input, Output, Messages extends SchemaMap = Record<never, never>>(definition: {
  readonly name: string;
  readonly version?: string;
  readonly input?: undefined;
  readonly output?: Schema<unknown, Output>;
  readonly messages?: Messages;
  readonly run: WorkflowFunction<
    Input,
    Output,
    keyof Messages extends never ? MessageBodies : BodiesOf<Messages>
  >;
}): WorkflowDefinition<Input, Output, keyof Messages extends never ? MessageBodies : BodiesOf<Messages>>;
export function defineWorkflow(definition: object): WorkflowDefinition {
  if (typeof definition !== "object" || definition === null) {
    throw new InvalidArgumentError(
      `defineWorkflow takes an object with name and run; got ${describe(definition)}.`,
    );
  }
  const given = definition as WorkflowDefinition;
  checkName(given.name, "The workflow's name");
  if (typeof given.run !== "function") {
    throw new InvalidArgumentError(
      `Workflow "${given.name}": run must be a function; got ${describe(given.run)}.`,
    );
  }
  checkSchema(given.input, `Workflow "${given.name}": input`);
  checkSchema(given.output, `Workflow "${given.name}": output`);
  for (const [name, schema] of Object.entries(given.messages ?? {})) {
    checkSchema(schema, `Workflow "${given.name}": messages.${name}`);
  }
  return given;
}

/** Any workflow, whatever its types: a definition or a bare function. */
export type AnyWorkflow =
  | { readonly name: string; readonly run: (ctx: never, input: never) => unknown }
  | ((ctx: never, input: never) => unknown);

/** A workflow as a definition: a bare function is named after itself. */
export function definitionOf(workflow: AnyWorkflow): WorkflowDefinition {
  if (typeof workflow === "function") {
    return {
      name: workflow.name === "" ? "workflow" : workflow.name,
      run: workflow as unknown as WorkflowFunction,
    };
  }
  if (typeof workflow === "object" && workflow !== null && typeof workflow.run === "function") {
    return workflow as unknown as WorkflowDefinition;
  }
  throw new InvalidArgumentError(
    `A workflow is what defineWorkflow returns, or a function (ctx, input); got ${describe(workflow)}.`,
  );
}
