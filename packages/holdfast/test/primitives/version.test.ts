import { applyLaws, refuseBadCalls, wrongTypes } from "./apply-laws.ts";

applyLaws({ kind: "version", perform: (ctx, name) => ctx.getVersion(name, 3) });

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
