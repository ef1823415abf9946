import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { defaultCodec } from "../../src/history/payload.ts";
import { fingerprintOf } from "../../src/host/fingerprint.ts";
import { sha256 } from "../../src/host/sha256.ts";

function printOf(input: unknown, workflowId = "a", workflowName = "w"): string {
  return fingerprintOf({
    workflowId,
    workflowName,
    input,
    encodedInput: defaultCodec.encode(input, "input"),
  });
}

describe("a fingerprint", () => {
  const address = { street: "Main", city: "Ulm" };
  const equal: readonly [string, unknown, unknown][] = [
    ["keys in another order", { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
    [
      "one object twice, or two equal ones",
      { from: address, to: address },
      { from: { ...address }, to: { ...address } },
    ],
    ["dates", { at: new Date(5) }, { at: new Date(5) }],
    [
      "maps in another order",
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
      new Map([
        ["b", 2],
        ["a", 1],
      ]),
    ],
    ["sets in another order", new Set([{ a: 1, b: 2 }, 3]), new Set([3, { b: 2, a: 1 }])],
    ["not a number", [Number.NaN], [Number.NaN]],
    ["bytes", Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
  ];

  it.each(equal)("is the same for equal values: %s", (_name, one, other) => {
    expect(printOf(one)).toBe(printOf(other));
  });

  const different: readonly [string, unknown, unknown][] = [
    ["undefined and null", undefined, null],
    ["a missing key and undefined", {}, { a: undefined }],
    ["zero and minus zero", 0, -0],
    ["a number and its text", 1, "1"],
    ["a date and its number", new Date(5), 5],
    ["an array and its object", [1], { 0: 1 }],
    ["order in arrays", [1, 2], [2, 1]],
    ["a hole and undefined", [undefined], new Array(1)],
    ["a map and a list of pairs", new Map([["a", 1]]), [["a", 1]]],
  ];

  it.each(different)("is different for different values: %s", (_name, one, other) => {
    expect(printOf(one)).not.toBe(printOf(other));
  });

  it("depends on the workflow and on the id, without mixing them up", () => {
    const prints = [
      printOf(1, "a", "w"),
      printOf(1, "a", "v"),
      printOf(1, "b", "w"),
      printOf(1, "aw", ""),
      printOf(1, "", "aw"),
    ];
    expect(new Set(prints).size).toBe(prints.length);
  });

  it("takes values that contain themselves", () => {
    const ring = (): object => {
      const value: { b: number; self?: unknown; a: number } = { b: 1, a: 2 };
      value.self = value;
      return value;
    };
    expect(printOf(ring())).toBe(printOf(ring()));
  });

  it("is done soon with objects that share parts exponentially often", () => {
    let value: unknown = { leaf: 1 };
    for (let depth = 0; depth < 40; depth++) value = [value, value];
    expect(printOf(value)).toHaveLength(32);
  });

  it("falls back to the bytes that only the codec in use can make", () => {
    const input = { call: () => 1 };
    const print = (byte: number) =>
      fingerprintOf({ workflowId: "a", workflowName: "w", input, encodedInput: Uint8Array.of(byte) });
    expect(print(1)).toBe(print(1));
    expect(print(1)).not.toBe(print(2));
  });
});

describe("sha256", () => {
  it("agrees with the runtime's own for every length around the block size", () => {
    for (const length of [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1_000, 70_000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 0xff);
      expect(sha256(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
    }
  });
});
