/**
 * BARE (Binary Application Record Encoding): the form of every record in the history.
 *
 * Owns: the primitive types. Does not own: which fields a record has, versions and checksums.
 *
 * Invariants
 * - One value has one encoding; the reader refuses every other (overlong integers, booleans other than 0 and 1), so equal
 *   records have equal bytes and equal checksums.
 * - The reader compares every length with the bytes that are left before it allocates anything (P15, P16).
 * - Integers are JavaScript numbers and exact: nothing above `Number.MAX_SAFE_INTEGER` is written or read.
 * - Strings may hold lone surrogates: names are arbitrary. They are written as WTF-8, which is UTF-8 for all other text.
 */
export { BareReader } from "./bare-reader.ts";
export { BareWriter } from "./bare-writer.ts";
