// Defining workflows
export { defineWorkflow } from "./model/workflow.ts";
export type { Workflow, WorkflowDefinition, WorkflowFunction } from "./model/workflow.ts";
export { Loop } from "./model/loop.ts";
// Running them
export { type RunWorkflowOptions, runWorkflow } from "./system/run-workflow.ts";
