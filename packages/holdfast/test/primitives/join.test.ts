import { applyLaws, refuseBadCalls, wrongTypes } from "./apply-laws.ts";
import { NOT_FUNCTION } from "./bad-values.ts";

const oneBranch = { run: async () => 1 };

applyLaws({
  kind: "join",
  perform: (ctx, name) =>
    ctx.join(name, { a: { run: (b) => b.step("s", () => 1) }, b: { run: (b) => b.sleep("s", "1m") } }),
  lasting: (ctx, name) => ctx.join(name, { a: { run: (b) => b.sleep("s", "1d") } }),
  compensable: (ctx, name, armed) =>
    ctx.join(name, {
      a: { run: (b) => armed(b, "first") },
      b: {
        run: async (b) => {
          await b.sleep("s", "1m");
          await armed(b, "second");
        },
      },
    }),
});

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
