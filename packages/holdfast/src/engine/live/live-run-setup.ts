import type { WorkflowDefinition } from "../../model/workflow.ts";
import type { EngineDriver } from "../../storage/driver.ts";
import type { EngineSettings, HostedPass } from "../pass/pass-settings.ts";

/** What a live run is made of. */
export interface LiveRunSetup {
  readonly settings: EngineSettings;
  readonly workflowId: string;
  readonly definition: WorkflowDefinition;
  readonly input: unknown;
  readonly driver: EngineDriver;
  readonly mode: "yield" | "live";
  /** Whether the first pass waits for `proceed`, or for what is asked of the run. @default false */
  readonly idle?: boolean;
  /** Whether a pass makes the run where there is none; if not, it leaves it. @default true */
  readonly creates?: boolean;
  /** What every pass is opened with besides. */
  readonly hosted?: HostedPass;
}
