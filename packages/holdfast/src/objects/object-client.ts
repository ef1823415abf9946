import type { DurableObjects } from "../drivers/cloudflare/durable-objects.ts";
import { formatUuid } from "../engine/replay/draws.ts";
import type { StartArguments, StartOptions } from "../host/client.ts";
import { START_OPTIONS } from "../host/option-names.ts";
import { checkMethods, checkWorkflowId } from "../model/check.ts";
import type { MessageBodies } from "../model/message.ts";
import { checkGiven } from "../model/option-names.ts";
import { definitionOf, type Workflow } from "../model/workflow.ts";
import { systemWorld } from "../system/system-world.ts";
import { ObjectHandle, type ObjectWorkflowHandle } from "./object-handle.ts";

/** Starts and controls the runs of a namespace of Durable Objects, each by its workflow id. */
export interface ObjectClient<
  Output = unknown,
  Bodies extends MessageBodies = MessageBodies,
  RawInput = unknown,
> {
  /**
   * Starts a run; resolves when it is durable. Idempotent: the same workflow id, workflow and input give the run that
   * exists, whatever has become of it.
   * @throws WorkflowConflictError, ValidationError, UnserializableValueError, LimitError, InvalidArgumentError,
   * StorageError (also when the object could not be reached)
   */
  start(...options: StartArguments<RawInput>): Promise<ObjectWorkflowHandle<Output, Bodies>>;
  /** The handle of a run that may or may not exist; reads nothing. @throws InvalidArgumentError, LimitError */
  handle(workflowId: string): ObjectWorkflowHandle<Output, Bodies>;
}

/**
 * A client of the objects of a class that `workflowObject` made: values arrive exactly, and errors as instances of the
 * library's classes. A run's workflow id is its object's name. The workflow gives the types.
 * @throws InvalidArgumentError
 *
 * @example
 * const orders = objectClient(env.ORDERS, order);
 * const handle = await orders.start({ workflowId: "order-123", input: { orderId: "123" } });
 */
export function objectClient<
  Input,
  Output,
  Bodies extends MessageBodies,
  RawInput = Input,
  RawBodies extends MessageBodies = Bodies,
>(
  namespace: DurableObjects,
  workflow: Workflow<Input, Output, Bodies, RawInput, RawBodies>,
): ObjectClient<Output, RawBodies, RawInput> {
  checkMethods(namespace, "The binding of Durable Objects (is it in the worker's configuration?)", [
    "idFromName",
    "get",
  ]);
  definitionOf(workflow);
  const handle = (workflowId: string): ObjectHandle => {
    checkWorkflowId(workflowId);
    return new ObjectHandle(namespace, workflowId);
  };
  const start = async (options: StartOptions<unknown> = {}): Promise<ObjectHandle> => {
    checkGiven(options, "The options of start", START_OPTIONS);
    const { workflowId = formatUuid(systemWorld.random.bytes(16)) } = options;
    const started = handle(workflowId);
    await started.start(options.input);
    return started;
  };
  return { start, handle } as unknown as ObjectClient<Output, RawBodies, RawInput>;
}
