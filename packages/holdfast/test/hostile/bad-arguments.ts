/** Values that are wrong nearly everywhere. Each is made anew. */
export const EXOTIC: readonly (readonly [string, () => unknown])[] = [
  ["undefined", () => undefined],
  ["null", () => null],
  ["true", () => true],
  ["zero", () => 0],
  ["a negative number", () => -1],
  ["a fraction", () => 1.5],
  ["NaN", () => Number.NaN],
  ["Infinity", () => Number.POSITIVE_INFINITY],
  ["a huge number", () => 1e300],
  ["an empty string", () => ""],
  ["a string that is no duration", () => "soon"],
  ["a long string", () => "x".repeat(2_000)],
  ["a bigint", () => 5n],
  ["a symbol", () => Symbol("s")],
  ["a function", () => () => null],
  ["an array", () => []],
  ["an array of null", () => [null]],
  ["an object", () => ({})],
  ["an object without a prototype", () => Object.create(null)],
  ["an invalid date", () => new Date(Number.NaN)],
  ["a map", () => new Map()],
  ["a promise", () => Promise.resolve()],
  ["a revoked proxy", revoked],
  ["a proxy that throws", () => new Proxy({}, { get: boom, ownKeys: boom, getPrototypeOf: boom, has: boom })],
  ["an object whose getters throw", () => Object.defineProperties({}, GETTERS)],
];

const GETTERS: PropertyDescriptorMap = Object.fromEntries(
  [
    "name",
    "run",
    "names",
    "timeout",
    "to",
    "commit",
    "clock",
    "workflowId",
    "length",
    "epochMilliseconds",
  ].map((name) => [name, { get: boom, enumerable: true }]),
);

function boom(): never {
  throw new Error("boom");
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** One way in which arguments can be spoilt. */
export interface Spoilt {
  readonly how: string;
  readonly args: readonly unknown[];
  /** A name that nothing has: this must be refused. */
  readonly misspelt: boolean;
}

/** The arguments with each of them, and each part of those that are objects, replaced by each exotic value. */
export function* spoil(args: readonly unknown[]): Generator<Spoilt> {
  for (const [position, arg] of args.entries()) {
    const at = (value: unknown): unknown[] => args.with(position, value);
    for (const [what, make] of EXOTIC) {
      yield { how: `${what} for argument ${position}`, args: at(make()), misspelt: false };
    }
    if (!isRecord(arg)) continue;
    for (const key of Object.keys(arg)) {
      for (const [what, make] of EXOTIC) {
        const how = `${what} for ${key} of argument ${position}`;
        yield { how, args: at({ ...arg, [key]: make() }), misspelt: false };
      }
    }
    yield { how: `retrys in argument ${position}`, args: at({ ...arg, retrys: 3 }), misspelt: true };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
