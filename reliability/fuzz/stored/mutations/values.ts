import { RUN_STATES } from "#holdfast/model/run.ts";
import { NotUtf8 } from "../stores/sqlite-shape.ts";
import type { CellMutation } from "./mutation.ts";

/** Ways in which a text is damaged. */
export const textMutations: Readonly<Record<string, CellMutation<string>>> = {
  "character changed": (text, prng) => {
    const at = prng.int(Math.max(1, text.length));
    return text.slice(0, at) + String.fromCharCode(prng.between(33, 126)) + text.slice(at + 1);
  },
  "text cut": (text, prng) => text.slice(0, prng.int(text.length + 1)),
  "text emptied": () => "",
  "text extended": (text, prng) => text + prng.pick(["x", " ", "\0", "é", "\\u", "\\", "%", "'"]),
  "text replaced": (_, prng) =>
    prng.pick([
      ...RUN_STATES,
      "__proto__",
      "constructor",
      "null",
      "[]",
      '["a"]',
      "[1]",
      "{",
      "x".repeat(1_024),
    ]),
};

/** Ways in which a number is damaged. */
export const numberMutations: Readonly<Record<string, CellMutation<number>>> = {
  "number by one": (number, prng) => number + prng.pick([1, -1]),
  "number zeroed": () => 0,
  "number negated": (number) => -number - 1,
  "number bit flip": (number, prng) => number + 2 ** prng.int(52) * prng.pick([1, -1]),
  "number extreme": (_, prng) => prng.pick([2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e308, -1]),
  "number broken": (number) => number + 0.5,
};

export const booleanMutations: Readonly<Record<string, CellMutation<boolean>>> = {
  "flag flipped": (flag) => !flag,
};

/** Values of other types, where a storage takes any. */
export const typeMutations: Readonly<Record<string, CellMutation<never>>> = {
  "made null": () => null,
  "made a number": (_, prng) => prng.pick([0, 1, -1, 0.5, 2 ** 40]),
  "made a text": (_, prng) => prng.pick(["", "1", "abc", "null", "NaN"]),
  "made bytes": (_, prng) => Uint8Array.from({ length: prng.int(4) }, () => prng.int(256)),
  "made text that is not UTF-8": () => new NotUtf8([0x61, 0xff, 0xfe, 0x62]),
};
