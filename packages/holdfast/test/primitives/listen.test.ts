import { applyLaws, refuseBadCalls, wrongTypes } from "./apply-laws.ts";
import { NOT_COUNT, NOT_DURATION } from "./bad-values.ts";

applyLaws({
  kind: "message",
  what: "listen",
  messages: [{ name: "m", body: 1 }],
  perform: (ctx, name) => ctx.listen(name, "m"),
  lasting: (ctx, name) => ctx.listen(name, "never"),
});

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
    ["too many", (ctx) => ctx.listenN("op", "m", 1_001), ["batchMessages", "1000", "1001"], "LIMIT"],
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
        [new Date(Number.NaN), "an invalid Date"],
        [undefined, "undefined"],
        [null, "null"],
      ],
      (t) => (ctx) => ctx.listenUntil("op", "m", t),
    ),
  ],
  [{ name: "m" }],
);
