import type { Statement } from "../../program/program.ts";

/** Everything that `optionsOf` can find: what a generator has to reach. */
export const ALL_OPTIONS: readonly string[] = [
  ...["step", "sleep", "sleep-until", "next", "batch", "listen", "send", "loop", "join", "race", "map"],
  ...["try", "checkpoint", "version", "removed", "if", "together", "draw", "throw", "catch", "break"],
  ...["step value", "step throws", "step never", "step retried", "step as data", "step ephemeral"],
  ...["step at most once", "step timed", "step retried on timeout", "step ignores abort", "step handler"],
  ...[
    "step handler throws",
    "step deadly",
    "step beats",
    "step may be silent",
    "sleep of nothing",
    "sleep of years",
    "sleep refused",
    "wait for ever",
  ],
  ...[
    "wait for nothing",
    "wait for years",
    "wait for several names",
    "wait answers",
    "wait forgets",
    "batch of several",
  ],
  ...["listen", "listenN", "listenWithTimeout", "listenUntil", "listenNWithTimeout", "listenNUntil"].map(
    (form) => `listen as ${form}`,
  ),
  ...["send to self", "send to another", "send to nobody", "loop stateful", "loop stateless", "loop of none"],
  ...["loop of many", "join of none", "race of none", "map of none", "map with enough", "map with failures"],
  ...["all", "race", "any", "allSettled"].map((how) => `together ${how}`),
  ...["try with kinds", "version first", "version later"],
];

const YEAR_MS = 365 * 86_400_000;

/** What a statement is an example of. */
export function optionsOf(statement: Statement): readonly string[] {
  return [statement.kind, ...detailsOf(statement)];
}

function detailsOf(statement: Statement): readonly string[] {
  switch (statement.kind) {
    case "step": {
      const { attempts, handler } = statement;
      return [
        ...attempts.map(({ ends }) => `step ${Object.keys(ends)[0]}`),
        ...when(attempts.length > 1, "step retried"),
        ...when(statement.asData, "step as data"),
        ...when(statement.ephemeral, "step ephemeral"),
        ...when(statement.atMostOnce, "step at most once"),
        ...when(statement.timeoutMs > 0 && statement.timeoutMs < 1_000, "step timed"),
        ...when(statement.retryOnTimeout, "step retried on timeout"),
        ...when(
          attempts.some(({ heedsAbort }) => !heedsAbort),
          "step ignores abort",
        ),
        ...when(
          attempts.some(({ deaths }) => deaths !== undefined),
          "step deadly",
        ),
        ...when(
          attempts.some(({ beatsEveryMs }) => beatsEveryMs !== undefined),
          "step beats",
        ),
        ...when(statement.heartbeatMs !== undefined, "step may be silent"),
        ...when(handler !== undefined, "step handler"),
        ...when(handler?.attempts.some(({ ends }) => "throws" in ends) === true, "step handler throws"),
      ];
    }
    case "sleep":
      return [
        ...when(statement.ms === 0, "sleep of nothing"),
        ...when(statement.ms > YEAR_MS, "sleep of years"),
        ...when(statement.ms < 0, "sleep refused"),
      ];
    case "next":
    case "batch":
      return [
        ...when(statement.timeoutMs === undefined, "wait for ever"),
        ...when(statement.timeoutMs === 0, "wait for nothing"),
        ...when((statement.timeoutMs ?? 0) > YEAR_MS, "wait for years"),
        ...when(statement.names.length > 1, "wait for several names"),
        ...when(statement.answers, "wait answers"),
        ...when(statement.forgets === true, "wait forgets"),
        ...when(statement.kind === "batch" && statement.count > 1, "batch of several"),
      ];
    case "listen":
      return [`listen as ${statement.form}`];
    case "send":
      return [`send to ${typeof statement.to === "number" ? "another" : statement.to}`];
    default:
      return detailsOfBlock(statement);
  }
}

function detailsOfBlock(statement: Statement): readonly string[] {
  switch (statement.kind) {
    case "loop":
      return [
        statement.stateful ? "loop stateful" : "loop stateless",
        ...when(statement.times === 0, "loop of none"),
        ...when(statement.times >= 30, "loop of many"),
      ];
    case "join":
    case "race":
      return when(statement.branches.length === 0, `${statement.kind} of none`);
    case "map":
      return [
        ...when(statement.items === 0, "map of none"),
        ...when(statement.minSuccessful !== undefined, "map with enough"),
        ...when(statement.toleratedFailures !== undefined, "map with failures"),
      ];
    case "together":
      return [`together ${statement.how}`];
    case "try":
      return when(statement.catch !== undefined, "try with kinds");
    case "version":
      return [statement.latest === 1 ? "version first" : "version later"];
    default:
      return [];
  }
}

function when(it: boolean, what: string): readonly string[] {
  return it ? [what] : [];
}
