import { formatMs } from "./amounts.ts";
import { messageOf } from "./describe-error.ts";
import { HoldfastError } from "./holdfast-error.ts";

function reasons(errors: Iterable<readonly [string, unknown]>): string {
  const parts: string[] = [];
  for (const [name, error] of errors) {
    if (parts.length === 5) {
      parts.push("…");
      break;
    }
    parts.push(`${name}: ${messageOf(error)}`);
  }
  return parts.join("; ");
}

/** Thrown when branches of a `join` failed, after all have settled. */
export class JoinError extends HoldfastError {
  static override readonly code: string = "JOIN";
  /** The failed branches' errors by branch name. */
  readonly errors: Readonly<Record<string, unknown>>;

  constructor(joinName: string, errors: ReadonlyMap<string, unknown>) {
    super(`${errors.size} of the branches of join "${joinName}" failed: ${reasons(errors)}`);
    const byBranch: Record<string, unknown> = Object.create(null);
    for (const [branch, error] of errors) byBranch[branch] = error;
    this.errors = byBranch;
  }
}

/** Thrown when every branch of a `race` failed. */
export class RaceError extends HoldfastError {
  static override readonly code: string = "RACE";
  /** The branches' errors in the order of the branches. */
  readonly errors: readonly { readonly name: string; readonly error: unknown }[];

  constructor(raceName: string, errors: readonly { readonly name: string; readonly error: unknown }[]) {
    super(
      errors.length === 0
        ? `Race "${raceName}" has no branches, so nothing can win it. Give it at least one.`
        : `All branches of race "${raceName}" failed: ${reasons(errors.map((e) => [e.name, e.error] as const))}`,
    );
    this.errors = errors;
  }
}

/** Thrown when a `map` missed its completion policy. */
export class MapError extends HoldfastError {
  static override readonly code: string = "MAP";
  /** The failed items' errors, in item order. */
  readonly errors: readonly { readonly index: number; readonly error: unknown }[];
  readonly succeeded: number;

  constructor(
    mapName: string,
    errors: readonly { readonly index: number; readonly error: unknown }[],
    succeeded: number,
    policy: string,
  ) {
    super(
      `Map "${mapName}" missed its completion policy (${policy}): ${succeeded} succeeded, ${errors.length} failed: ${reasons(
        errors.map((e) => [`item ${e.index}`, e.error] as const),
      )}`,
    );
    this.errors = errors;
    this.succeeded = succeeded;
  }
}

/** Thrown when no message came within the timeout of `queue.next`. */
export class QueueTimeoutError extends HoldfastError {
  static override readonly code: string = "QUEUE_TIMEOUT";
  readonly names: readonly string[];

  constructor(waitName: string, names: readonly string[], timeoutMs: number) {
    super(
      `No message ${names.map((n) => JSON.stringify(n)).join(" or ")} came to "${waitName}" within ${formatMs(timeoutMs)}.`,
    );
    this.names = names;
  }
}

/** Thrown when a message is asked for while a completable one of the same branch has no answer yet. */
export class MessageUnansweredError extends HoldfastError {
  static override readonly code: string = "MESSAGE_UNANSWERED";
}
