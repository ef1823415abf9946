import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../src/history/parse-json.ts";

describe("keys with escapes", () => {
  it("keep their names, whatever was parsed before", () => {
    for (const key of ["\\", "\n", "\u2028", "\ud800", '"', "\u0000", "a\nb", "\ue000", "\ue0000"]) {
      const text = `{"a":2,${JSON.stringify(key)}:{${JSON.stringify(key)}:[1]},"z":"\\n"}`;
      expect(Object.keys(parseJson(text) as object)).toEqual(["a", key, "z"]);
      expect(parseJson(text)).toEqual({ a: 2, [key]: { [key]: [1] }, z: "\n" });
    }
  });

  it("keep their names in any JSON", () => {
    const keys = fc.string({
      unit: fc.constantFrom("\\", '"', "\n", "a", "\ud800", "\ue000", ":"),
      maxLength: 3,
    });
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        keys,
        fc.integer(),
        fc.array(tie("value")),
        fc.array(fc.tuple(keys, tie("value"))),
      ),
    })).value;
    const text = (value: unknown): string =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((item) => Array.isArray(item) && item.length === 2 && typeof item[0] === "string")
        ? `{${[...new Map(value as [string, unknown][])].map(([k, v]) => `${JSON.stringify(k)}:${text(v)}`).join(",")}}`
        : Array.isArray(value)
          ? `[${value.map(text).join(",")}]`
          : JSON.stringify(value);
    fc.assert(
      fc.property(json, (value) => {
        const written = text(value);
        expect(JSON.stringify(parseJson(written))).toBe(written);
      }),
    );
  });
});
