/**
 * Text that storages keep exactly. JavaScript strings may hold lone surrogates and NUL, which UTF-8 and SQL text
 * cannot: those and the escape character itself are escaped, everything else stays as it is, so that ordinary names
 * stay readable and can be compared in SQL.
 */
const SUSPECT = /[\\\0\uD800-\uDFFF]/;
const TROUBLE = /[\\\0]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const ESCAPE = /\\(\\|0|u[0-9a-f]{4})/g;

/** `text` without NUL and lone surrogates; equal only for equal strings. */
export function toExactText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text.replace(TROUBLE, (unit) => {
    if (unit === "\\") return "\\\\";
    if (unit === "\0") return "\\0";
    return `\\u${unit.charCodeAt(0).toString(16)}`;
  });
}

/** The string that `toExactText` was given. */
export function fromExactText(stored: string): string {
  return stored.replace(ESCAPE, (_, code: string) => {
    if (code === "\\") return "\\";
    if (code === "0") return "\0";
    return String.fromCharCode(Number.parseInt(code.slice(1), 16));
  });
}
