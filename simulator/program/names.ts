/** Names that have broken systems before: separators, markers of paths, keys of prototypes, text that is hard to store. */
export const NASTY_NAMES: readonly string[] = [
  "a",
  "a/b",
  "a:0",
  "~1",
  "#0",
  "[0]",
  "!0",
  ">a",
  "%",
  "%0061",
  ".",
  "..",
  "0",
  "-1",
  " ",
  "constructor",
  "toString",
  "hasOwnProperty",
  "then",
  "undefined",
  "null",
  "👩‍👩‍👧",
  "\u00e9",
  "e\u0301",
  "\ud800",
  "\udc00x",
  "a\u0000b",
  "\u202eabc",
  "'; drop",
  "%_",
  "line\nfeed",
  "\ufeffmark",
  "\\",
  '"quoted"',
  "n".repeat(256),
];

/** What no branch of a join can be called, but everything else. */
export const PROTO_NAME = "__proto__";

/** Names that are refused. */
export const REFUSED_NAMES: readonly string[] = ["", "n".repeat(1_024)];
