import { describe, expect, it } from "vitest";
import { defaultCodec } from "../../src/history/payload.ts";
import { CriticalError } from "../../src/model/errors/step-errors.ts";
import { difference } from "./same-value.ts";

/**
 * Texts that are stored somewhere: each must be read as this value for ever. The library behind the form "D" does not
 * promise that of itself, so a new version of it has to pass here.
 */
const shared = { a: 1 };
const circle: unknown[] = [];
circle.push(circle);

function withStack<T extends Error>(error: T): T {
  Object.defineProperty(error, "stack", { value: "at home" });
  return error;
}

const golden: readonly (readonly [text: string, value: unknown])[] = [
  ["U", undefined],
  ["Jnull", null],
  ['J{"b":[1,"é\\ud800"],"a":{}}', { b: [1, "é\ud800"], a: {} }],
  ["D-1", undefined],
  ["D-3", Number.NaN],
  ["D-4", Number.POSITIVE_INFINITY],
  ["D-5", Number.NEGATIVE_INFINITY],
  ["D-6", -0],
  ['D[["BigInt","-12"]]', -12n],
  ['D[["Date","1970-01-01T00:00:00.005Z"]]', new Date(5)],
  ['D[["Date",""]]', new Date(Number.NaN)],
  [
    'D[["Map",1,-1,-3,2],"k",["Set",1]]',
    new Map<unknown, unknown>([
      ["k", undefined],
      [Number.NaN, new Set(["k"])],
    ]),
  ],
  ['D[["RegExp","a+","gi"]]', /a+/gi],
  [
    'D[["RegExpAt",1],{"source":2,"flags":3,"lastIndex":4},"a+","g",2]',
    Object.assign(/a+/g, { lastIndex: 2 }),
  ],
  ['D[["URL","https://example.org/a?b"]]', new URL("https://example.org/a?b")],
  ['D[["URLSearchParams","a=1&b=2"]]', new URLSearchParams("a=1&b=2")],
  ['D[["ArrayBuffer","AQI="]]', new Uint8Array([1, 2]).buffer],
  ['D[["Uint8Array",1],["ArrayBuffer","AQI="]]', new Uint8Array([1, 2])],
  [
    'D[["Uint16Array",1,2,1],["ArrayBuffer","AQIDBA=="]]',
    new Uint16Array(new Uint8Array([1, 2, 3, 4]).buffer, 2, 1),
  ],
  ['D[["DataView",1],["ArrayBuffer","AQI="]]', new DataView(new Uint8Array([1, 2]).buffer)],
  ['D[["null","constructor",1],2]', Object.assign(Object.create(null), { constructor: 2 })],
  ["D[[1,-2,-1],5]", Object.assign([5], { 2: undefined })],
  ["D[[-7,1000,5,1],7]", Object.assign([], { 5: 7, length: 1000 })],
  ['D[[1,1],{"a":2},1]', [shared, shared]],
  ["D[[0]]", circle],
  [
    'D[["Error",1],{"type":2,"hidden":3,"data":7},"TypeError",{"message":4,"stack":5,"cause":6},"bad","at home",9,{"code":8},"E"]',
    withStack(Object.assign(new TypeError("bad", { cause: 9 }), { code: "E" })),
  ],
  [
    'D[["Error",1],{"type":2,"holdfast":3,"hidden":4,"data":8},"Error","CRITICAL",{"name":5,"message":6,"stack":7},"CriticalError","no","at home",{"code":3}]',
    withStack(new CriticalError("no")),
  ],
];

describe("a stored text of format 1", () => {
  it.each(golden)("%s is read as it was written", (text, expected) => {
    const value = defaultCodec.decode(new TextEncoder().encode(text));
    expect(difference(value, expected)).toBeNull();
  });
});
