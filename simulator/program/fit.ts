import { DEFAULT_LIMITS } from "#holdfast/model/limits.ts";
import type { Schema } from "#holdfast/model/schema.ts";
import type { WorkflowDefinition } from "#holdfast/model/workflow.ts";
import { canonicalText } from "./canonical.ts";
import type { Block, ValueName } from "./program.ts";
import { namedValue } from "./values.ts";
import { visitStatements } from "./walk.ts";

/** Bodies that the schemas of programs refuse. */
const UNFIT: readonly ValueName[] = ["date", "bytes", "error"];

const unfit: ReadonlySet<string> = new Set(UNFIT.map((name) => canonicalText(namedValue(name))));

/** A body as a schema has given it: one that went through two of them is inside another one. */
interface Taken {
  readonly taken: unknown;
}

/** Whether a schema takes a body, by what was sent. */
export function isFit(body: unknown): boolean {
  return !unfit.has(canonicalText(body));
}

/** Whether a body has gone through a schema once. */
export function isTakenOnce(body: unknown): boolean {
  return isTaken(body) && !isTaken(body.taken);
}

function isTaken(body: unknown): body is Taken {
  return typeof body === "object" && body !== null && "taken" in body;
}

/** When a schema answers: resolves then; null: at once. */
export type Late = () => Promise<void> | null;

/** The schemas of a workflow: every message that the block waits for is marked or refused, other values are only looked at. */
export function schemasOf(
  block: Block,
  late: Late,
): Pick<WorkflowDefinition, "input" | "output" | "messages"> {
  const any = schema(late, (value) => ({ value }));
  const fit = schema(late, (body) =>
    isFit(body) ? { value: { taken: body } } : { issues: [{ message: "unfit" }] },
  );
  return {
    input: any,
    output: any,
    messages: Object.fromEntries(messagesOf(block).map((name) => [name, fit])),
  };
}

type Validate = Schema["~standard"]["validate"];

function schema(late: Late, validate: Validate): Schema {
  return {
    "~standard": {
      version: 1,
      vendor: "simulator",
      validate: (value) => late()?.then(() => validate(value)) ?? validate(value),
    },
  };
}

/** The messages that a block waits for by names that are not refused. */
function messagesOf(block: Block): readonly string[] {
  const names = new Set<string>();
  visitStatements(block, (statement) => {
    if (statement.kind === "listen") names.add(statement.message);
    if (statement.kind === "next" || statement.kind === "batch")
      for (const name of statement.names) names.add(name);
  });
  return [...names].filter((name) => name !== "" && Buffer.byteLength(name) <= DEFAULT_LIMITS.nameBytes);
}
