import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Digest,
  digestWith,
  digestWithout,
  EMPTY_DIGEST,
  sameDigest,
} from "../../src/history/header.ts";

const RUNS = { numRuns: 2_000 };
const checksum = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const checksums = fc.array(checksum, { maxLength: 20 });
const digestOf = (all: readonly number[]): Digest => all.reduce(digestWith, EMPTY_DIGEST);

describe("digests", () => {
  it("do not depend on the order in which rows were written", () => {
    fc.assert(
      fc.property(
        checksums.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        ([all, shuffled]) => {
          expect(digestOf(shuffled)).toEqual(digestOf(all));
        },
      ),
      RUNS,
    );
  });

  it("forget a row that is taken out as if it had never been", () => {
    fc.assert(
      fc.property(checksums, checksum, checksums, (before, row, after) => {
        const taken = digestWithout(digestOf([...before, row, ...after]), row);
        expect(taken).toEqual(digestOf([...before, ...after]));
      }),
      RUNS,
    );
  });

  it("find a row that is missing, added or replaced", () => {
    fc.assert(
      fc.property(checksums, checksum, checksum, (all, row, other) => {
        fc.pre(row !== other);
        const digest = digestOf([...all, row]);
        expect(sameDigest(digest, digestOf(all))).toBe(false);
        expect(sameDigest(digest, digestOf([...all, row, other]))).toBe(false);
        expect(sameDigest(digest, digestOf([...all, other]))).toBe(false);
      }),
      RUNS,
    );
  });
});
