import { applyLaws, refuseBadCalls, wrongTypes } from "./apply-laws.ts";

applyLaws({ kind: "removed", unrecorded: true, perform: (ctx, name) => ctx.removed(name, "step") });

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
