import { isArray } from "../model/check.ts";
import { describe } from "../model/describe.ts";
import { InvalidArgumentError } from "../model/errors/argument-errors.ts";
import { WorkflowNotRegisteredError } from "../model/errors/run-errors.ts";
import { type AnyWorkflow, definitionOf, type WorkflowDefinition } from "../model/workflow.ts";

/**
 * Owns: which workflows a host runs, by name.
 * Invariants: a name stands for one workflow only.
 */
export class WorkflowRegistry {
  readonly #byName: Map<string, WorkflowDefinition> = new Map();

  /** @throws InvalidArgumentError, LimitError */
  constructor(workflows: readonly AnyWorkflow[]) {
    if (!isArray(workflows)) {
      throw new InvalidArgumentError(`workflows must be an array of workflows; got ${describe(workflows)}.`);
    }
    for (const workflow of workflows as readonly AnyWorkflow[]) {
      const definition = definitionOf(workflow);
      if (this.#byName.has(definition.name)) {
        throw new InvalidArgumentError(
          `workflows has two named ${JSON.stringify(definition.name)}. Give each its own name: runs are stored under it.`,
        );
      }
      this.#byName.set(definition.name, definition);
    }
  }

  get names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  get(name: string): WorkflowDefinition | null {
    return this.#byName.get(name) ?? null;
  }

  /**
   * The registered workflow that is meant.
   * @throws WorkflowNotRegisteredError, InvalidArgumentError when another workflow is registered under the name
   */
  of(workflow: AnyWorkflow | string): WorkflowDefinition {
    const asked = typeof workflow === "string" ? null : definitionOf(workflow);
    const name = asked?.name ?? String(workflow);
    const registered = this.get(name);
    if (registered === null) throw new WorkflowNotRegisteredError(name, this.names);
    if (asked !== null && asked.run !== registered.run) {
      throw new InvalidArgumentError(
        `This host knows another workflow named ${JSON.stringify(name)} than the one that is asked for. Pass this one in createHost({ workflows }), or give it its own name.`,
      );
    }
    return registered;
  }
}
