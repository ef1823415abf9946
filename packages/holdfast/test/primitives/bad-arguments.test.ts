import type { WorkflowContext } from "../../src/model/context.ts";
import type { LawCode } from "../../src/testing/laws/law-bench.ts";
import { refuseBadCalls, wrongTypes } from "./apply-laws.ts";

type Bare = (...given: readonly unknown[]) => unknown;

/** Calls an operation with whatever arguments. */
function bare(operation: (ctx: WorkflowContext) => unknown, ...args: readonly unknown[]): LawCode {
  return async (ctx) => (operation(ctx) as Bare)(...args);
}

const NOT_DURATION = [
  [-1, "-1 (number)"],
  [Number.NaN, "NaN (number)"],
  [Number.POSITIVE_INFINITY, "Infinity (number)"],
  [1e13 + 1, "10000000000001 (number)"],
  ["", '"" (string)'],
  ["soon", '"soon" (string)'],
  ["-5m", '"-5m" (string)'],
  [null, "null"],
  [true, "true (boolean)"],
  [{}, "an object"],
  [[], "an array of 0"],
  [5n, "5n (bigint)"],
] as const;
const NOT_FUNCTION = [
  [undefined, "undefined"],
  [null, "null"],
  ["run", '"run" (string)'],
  [{}, "an object"],
] as const;
const NOT_BOOLEAN = [
  [1, "1 (number)"],
  ["yes", '"yes" (string)'],
  [null, "null"],
] as const;
const body = () => 1;
const stepWith = (options: object) => (ctx: WorkflowContext) =>
  ctx.step({ name: "op", run: body, ...options } as never);
const armedWith = (options: object) => async (ctx: WorkflowContext) =>
  ctx.step({ name: "op", run: body, rollback: { run: body, ...options } } as never);
const COUNT = [
  [-1, "-1 (number)"],
  [1.5, "1.5 (number)"],
  [Number.NaN, "NaN (number)"],
  ["3", '"3" (string)'],
  [null, "null"],
  [2 ** 53, "9007199254740992 (number)"],
] as const;
refuseBadCalls("step", [
  ...wrongTypes("run", NOT_FUNCTION, (run) => stepWith({ run })),
  ...wrongTypes("maxRetries", COUNT, (maxRetries) => stepWith({ maxRetries })),
  ...wrongTypes("retryBackoffBase", NOT_DURATION, (retryBackoffBase) => stepWith({ retryBackoffBase })),
  ...wrongTypes("retryBackoffMax", NOT_DURATION, (retryBackoffMax) => stepWith({ retryBackoffMax })),
  ...wrongTypes(
    "retryBackoffFactor",
    [
      [0, "0 (number)"],
      [0.5, "0.5 (number)"],
      [Number.NaN, "NaN (number)"],
      [Number.POSITIVE_INFINITY, "Infinity (number)"],
      ["2", '"2" (string)'],
      [null, "null"],
    ],
    (retryBackoffFactor) => stepWith({ retryBackoffFactor }),
  ),
  ...wrongTypes(
    "retryJitter",
    [
      [-0.1, "-0.1 (number)"],
      [1.1, "1.1 (number)"],
      [Number.NaN, "NaN (number)"],
      ["half", '"half" (string)'],
      [null, "null"],
    ],
    (retryJitter) => stepWith({ retryJitter }),
  ),
  ...wrongTypes(
    "retryIf",
    [
      [null, "null"],
      [true, "true (boolean)"],
    ],
    (retryIf) => stepWith({ retryIf }),
  ),
  ...wrongTypes("timeout", NOT_DURATION, (timeout) => stepWith({ timeout })),
  ...wrongTypes("heartbeatTimeout", NOT_DURATION, (heartbeatTimeout) => stepWith({ heartbeatTimeout })),
  ...wrongTypes("retryOnTimeout", NOT_BOOLEAN, (retryOnTimeout) => stepWith({ retryOnTimeout })),
  ...wrongTypes("ephemeral", NOT_BOOLEAN, (ephemeral) => stepWith({ ephemeral })),
  ...wrongTypes(
    "delivery",
    [
      ["once", '"once" (string)'],
      [1, "1 (number)"],
      [null, "null"],
    ],
    (delivery) => stepWith({ delivery }),
  ),
  ...wrongTypes(
    "output",
    [
      [{}, "an object"],
      [null, "null"],
      ["string", '"string" (string)'],
    ],
    (output) => stepWith({ output }),
  ),
  ...wrongTypes(
    "rollback",
    [
      [null, "null"],
      [1, "1 (number)"],
      [{}, "undefined"],
      ["undo", '"undo" (string)'],
    ],
    (rollback) => stepWith({ rollback }),
  ),
  ...wrongTypes("rollback: maxRetries", COUNT, (maxRetries) => armedWith({ maxRetries })),
  ...wrongTypes("rollback timeout", NOT_DURATION, (timeout) => armedWith({ timeout })),
  ["no argument at all", bare((ctx) => ctx.step.bind(ctx)), ["undefined"]],
  ["null instead of a config", bare((ctx) => ctx.step.bind(ctx), null), ["null"]],
  ["tryStep: options as null", (ctx) => ctx.step("op", body, null as never), ["null"]],
]);
refuseBadCalls("tryStep", [
  ...wrongTypes(
    "catch",
    [
      ["critical", '"critical" (string)'],
      [null, "null"],
      [["late"], "an array of 1"],
      [[1], "an array of 1"],
    ],
    (given) => (ctx) => ctx.tryStep({ name: "op", run: body, catch: given }),
  ),
  ["no argument at all", bare((ctx) => ctx.tryStep.bind(ctx)), ["undefined"]],
]);
refuseBadCalls("try", [
  ...wrongTypes("run", NOT_FUNCTION, (run) => (ctx) => ctx.try("op", run)),
  ...wrongTypes(
    "catch",
    [
      ["step", '"step" (string)'],
      [null, "null"],
      [["late"], "an array of 1"],
    ],
    (given) => (ctx) => ctx.try("op", async () => 1, { catch: given }),
  ),
  ["options as null", (ctx) => ctx.try("op", async () => 1, null as never), ["null"]],
  ["options as a string", (ctx) => ctx.try("op", async () => 1, "step" as never), ["string"]],
]);
const LOOP_COUNT = [
  [-1, "-1 (number)"],
  [1.5, "1.5 (number)"],
  [Number.NaN, "NaN (number)"],
  ["3", '"3" (string)'],
  [null, "null"],
  [Number.POSITIVE_INFINITY, "Infinity (number)"],
] as const;
const loopWith = (options: object) => (ctx: WorkflowContext) =>
  ctx.loop({ name: "op", run: async () => {}, ...options } as never);
refuseBadCalls("loop", [
  ...wrongTypes("run", NOT_FUNCTION, (run) => (ctx) => ctx.loop("op", run)),
  ...wrongTypes("run", NOT_FUNCTION, (run) => loopWith({ run })),
  ...["historyPruneInterval", "commitInterval", "historyEvery"].flatMap((o) =>
    wrongTypes(o, [...LOOP_COUNT, [0, "0 (number)"]], (v) => loopWith({ [o]: v })),
  ),
  ...["historySize", "historyKeep"].flatMap((o) => wrongTypes(o, LOOP_COUNT, (v) => loopWith({ [o]: v }))),
  ["null instead of a config", bare((ctx) => ctx.loop.bind(ctx), null), ["null"]],
  ["no argument at all", bare((ctx) => ctx.loop.bind(ctx)), ["undefined"]],
]);
refuseBadCalls("sleep", [
  ...wrongTypes("duration", [...NOT_DURATION, [undefined, "undefined"]], (d) => (ctx) => ctx.sleep("op", d)),
  ...wrongTypes(
    "instant",
    [
      [new Date(Number.NaN), "an object (Date)"],
      [Number.NaN, "NaN (number)"],
      [Number.POSITIVE_INFINITY, "Infinity (number)"],
      [8.64e15 + 1, "8640000000000001 (number)"],
      ["2030-01-01", '"2030-01-01" (string)'],
      [null, "null"],
      [undefined, "undefined"],
      [{}, "an object"],
      [{ epochMilliseconds: "1" }, "an object"],
    ],
    (i) => (ctx) => ctx.sleepUntil("op", i),
  ),
]);
const NAMES = [
  [undefined, "undefined"],
  [null, "null"],
  ["m", '"m" (string)'],
  [[], "an array of 0"],
  [[1], "1 (number)"],
  [[""], '"" (string)'],
  [[undefined], "undefined"],
  [{}, "an object"],
] as const;
const NOT_COUNT = [
  [0, "0 (number)"],
  [-1, "-1 (number)"],
  [1.5, "1.5 (number)"],
  [1001, "1001 (number)"],
  [Number.NaN, "NaN (number)"],
  [Number.POSITIVE_INFINITY, "Infinity (number)"],
  ["3", '"3" (string)'],
  [null, "null"],
] as const;
refuseBadCalls(
  "queue",
  [
    ...wrongTypes("next: name", NAMES, (names) => (ctx) => ctx.queue.next("op", { names })),
    ...wrongTypes("nextBatch: name", NAMES, (names) => (ctx) => ctx.queue.nextBatch("op", { names })),
    ...wrongTypes(
      "next: timeout",
      NOT_DURATION,
      (timeout) => (ctx) => ctx.queue.next("op", { names: ["m"], timeout }),
    ),
    ...wrongTypes(
      "nextBatch: timeout",
      NOT_DURATION,
      (timeout) => (ctx) => ctx.queue.nextBatch("op", { names: ["m"], timeout }),
    ),
    ...wrongTypes(
      "next: completable",
      NOT_BOOLEAN,
      (completable) => (ctx) => ctx.queue.next("op", { names: ["m"], completable }),
    ),
    ...wrongTypes("count", NOT_COUNT, (count) => (ctx) => ctx.queue.nextBatch("op", { names: ["m"], count })),
    ["next without options", bare((ctx) => ctx.queue.next.bind(ctx.queue), "op"), ["names", "undefined"]],
    [
      "nextBatch without options",
      bare((ctx) => ctx.queue.nextBatch.bind(ctx.queue), "op"),
      ["names", "undefined"],
    ],
    ["next with null for options", bare((ctx) => ctx.queue.next.bind(ctx.queue), "op", null), ["null"]],
    [
      "a message name too long",
      (ctx) => ctx.queue.next("op", { names: ["n".repeat(257)] }),
      ["256", "257"],
      "LIMIT",
    ],
  ],
  [{ name: "m" }],
);
refuseBadCalls("queue.send", [
  ...wrongTypes(
    "send: id",
    [
      ["", '"" (string)'],
      [null, "null"],
      [7, "7 (number)"],
    ],
    (to) => (ctx) => ctx.queue.send("op", 1, { to }),
  ),
  ["to too long", (ctx) => ctx.queue.send("op", 1, { to: "t".repeat(513) }), ["512", "513"], "LIMIT"],
  ["options as null", (ctx) => ctx.queue.send("op", 1, null as never), ["null"]],
  [
    "a body that cannot be stored",
    (ctx) => ctx.queue.send("op", { deep: [() => 1] }),
    ["deep[0]"],
    "UNSERIALIZABLE_VALUE",
  ],
  [
    "a body that is too large",
    (ctx) => ctx.queue.send("op", "x".repeat(256 * 1024)),
    ["messageBytes", "262144"],
    "LIMIT",
  ],
]);
refuseBadCalls(
  "listen",
  [
    ...wrongTypes(
      "name",
      [
        ["", '"" (string)'],
        [undefined, "undefined"],
        [["m"], "an array of 1"],
      ],
      (m) => (ctx) => ctx.listen("op", m),
    ),
    ...wrongTypes("limit", NOT_COUNT, (n) => (ctx) => ctx.listenN("op", "m", n)),
    ...wrongTypes(
      "listenNWithTimeout limit",
      NOT_COUNT,
      (n) => (ctx) => ctx.listenNWithTimeout("op", "m", n, 1),
    ),
    ...wrongTypes("listenNUntil limit", NOT_COUNT, (n) => (ctx) => ctx.listenNUntil("op", "m", n, 1)),
    ...wrongTypes(
      "listenWithTimeout timeout",
      [...NOT_DURATION, [undefined, "undefined"]],
      (t) => (ctx) => ctx.listenWithTimeout("op", "m", t),
    ),
    ...wrongTypes(
      "listenUntil instant",
      [
        [new Date(Number.NaN), "an object (Date)"],
        [undefined, "undefined"],
        [null, "null"],
      ],
      (t) => (ctx) => ctx.listenUntil("op", "m", t),
    ),
  ],
  [{ name: "m" }],
);
const oneBranch = { run: async () => 1 };
refuseBadCalls("join", [
  ...wrongTypes(
    "branches",
    [
      [undefined, "undefined"],
      [null, "null"],
      [[], "an array of 0"],
      ["a", '"a" (string)'],
      [() => 1, "a function"],
    ],
    (b) => (ctx) => ctx.join("op", b),
  ),
  ...wrongTypes("run", NOT_FUNCTION, (run) => (ctx) => ctx.join("op", { a: { run } })),
  ["a branch that is a function", (ctx) => ctx.join("op", { a: (() => 1) as never }), ["run"]],
  ["a branch that is null", (ctx) => ctx.join("op", { a: null as never }), ["run"]],
  ["a branch without a name", (ctx) => ctx.join("op", { "": oneBranch }), ["empty"]],
  ["a branch with a long name", (ctx) => ctx.join("op", { ["n".repeat(257)]: oneBranch }), ["256"], "LIMIT"],
  [
    "1,001 branches",
    (ctx) => ctx.join("op", Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`b${i}`, oneBranch]))),
    ["branches", "1001", "1000"],
    "LIMIT",
  ],
]);
const b = (name: unknown, run: unknown = async () => 1) => ({ name, run }) as never;
refuseBadCalls("race", [
  ...wrongTypes(
    "branches",
    [
      [undefined, "undefined"],
      [null, "null"],
      [{}, "an object"],
      ["a", '"a" (string)'],
    ],
    (v) => (ctx) => ctx.race("op", v),
  ),
  ...wrongTypes("run", NOT_FUNCTION.slice(1), (run) => (ctx) => ctx.race("op", [b("a", run)])),
  ["a branch that is null", (ctx) => ctx.race("op", [null as never]), ["branch"]],
  ["a branch without a name", (ctx) => ctx.race("op", [b("")]), ["branch"]],
  ["two branches of one name", (ctx) => ctx.race("op", [b("a"), b("a")]), ['"a"'], "DUPLICATE_NAME"],
  [
    "1,001 branches",
    (ctx) =>
      ctx.race(
        "op",
        Array.from({ length: 1001 }, (_, i) => b(`b${i}`)),
      ),
    ["branches", "1001"],
    "LIMIT",
  ],
]);
const mapWith = (o: object) => (ctx: WorkflowContext) => ctx.map("op", [1, 2], () => 1, o);
refuseBadCalls("map", [
  ...wrongTypes(
    "items",
    [
      [undefined, "undefined"],
      [null, "null"],
      [{}, "an object"],
      ["ab", '"ab" (string)'],
      [new Set([1]), "an object (Set)"],
    ],
    (v) => (ctx) => ctx.map("op", v, () => 1),
  ),
  ...wrongTypes("run", NOT_FUNCTION, (run) => (ctx) => ctx.map("op", [1], run)),
  ...wrongTypes(
    "concurrency",
    [
      [0, "0 (number)"],
      [-1, "-1 (number)"],
      [1.5, "1.5 (number)"],
      [Number.NaN, "NaN (number)"],
      ["3", '"3" (string)'],
      [null, "null"],
    ],
    (concurrency) => mapWith({ concurrency }),
  ),
  ...wrongTypes(
    "minSuccessful",
    [
      [3, "3 (number)"],
      [-1, "-1 (number)"],
      [1.5, "1.5 (number)"],
      [Number.NaN, "NaN (number)"],
      [null, "null"],
    ],
    (minSuccessful) => mapWith({ minSuccessful }),
  ),
  ...wrongTypes(
    "toleratedFailures",
    [
      [-1, "-1 (number)"],
      [1.5, "1.5 (number)"],
      [Number.NaN, "NaN (number)"],
      [null, "null"],
    ],
    (toleratedFailures) => mapWith({ toleratedFailures }),
  ),
  ["100,001 items", (ctx) => ctx.map("op", new Array(100_001), () => 1), ["mapItems", "100001"], "LIMIT"],
  ["options as null", (ctx) => ctx.map("op", [1], () => 1, null as never), ["null"]],
]);
refuseBadCalls(
  "getVersion",
  wrongTypes(
    "latest",
    [
      [0, "0 (number)"],
      [-1, "-1 (number)"],
      [1.5, "1.5 (number)"],
      [Number.NaN, "NaN (number)"],
      ["2", '"2" (string)'],
      [null, "null"],
      [undefined, "undefined"],
      [2 ** 53, "9007199254740992 (number)"],
    ],
    (v) => (ctx) => ctx.getVersion("op", v),
  ),
);
refuseBadCalls(
  "removed",
  wrongTypes(
    "kind",
    [
      ["Step", '"Step" (string)'],
      [undefined, "undefined"],
      [null, "null"],
      ["answer", '"answer" (string)'],
    ],
    (v) => (ctx) => ctx.removed("op", v),
  ),
);
