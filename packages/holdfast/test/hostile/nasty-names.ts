/** Names that are hard to keep apart, to store or to look up. */
export const NASTY_NAMES: readonly string[] = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "then",
  "a/b",
  "a:0",
  "~1",
  "a\\u0000",
  "\0",
  "a\0b",
  "\ud800",
  "\udc00\ud800",
  "é",
  "e\u0301",
  "😀",
  "\u202eevil",
  "'; DROP TABLE holdfast_runs; --",
  "%_",
  "\n",
  " ",
  "x".repeat(256),
];

/** Names that are refused before anything is written. */
export const REFUSED_NAMES: readonly string[] = ["", "x".repeat(257), "\ud83d\ude00".repeat(256)];
