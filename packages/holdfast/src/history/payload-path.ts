/** One step into a value: a key, an index, or a place in a map or set. */
export type PathSegment =
  | string
  | number
  | symbol
  | { readonly method: "get" | "keys" | "values"; readonly at: unknown };

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
/** Longer paths lose their middle: a message is for people. */
const MAX_SEGMENTS = 24;
const MAX_KEY = 60;

/**
 * A path as messages show it, e.g. `output.items[3].callback` or `output.get("a b")`; where the root is no single word,
 * `items[3].callback of the result of step "a"`.
 */
export function formatPath(root: string, segments: readonly PathSegment[]): string {
  if (segments.length === 0) return root;
  const path = formatSegments(segments);
  return identifier.test(root) ? root + path : `${path.replace(/^\./, "")} of ${root}`;
}

function formatSegments(segments: readonly PathSegment[]): string {
  if (segments.length <= MAX_SEGMENTS) return segments.map(formatSegment).join("");
  const head = segments
    .slice(0, MAX_SEGMENTS / 2)
    .map(formatSegment)
    .join("");
  const tail = segments
    .slice(-MAX_SEGMENTS / 2)
    .map(formatSegment)
    .join("");
  return `${head}…${tail}`;
}

function formatSegment(segment: PathSegment): string {
  switch (typeof segment) {
    case "string":
      if (segment.length <= MAX_KEY)
        return identifier.test(segment) ? `.${segment}` : `[${JSON.stringify(segment)}]`;
      return `[${JSON.stringify(`${segment.slice(0, MAX_KEY)}…`)}]`;
    case "number":
      return `[${segment}]`;
    case "symbol":
      return `[${String(segment)}]`;
    default:
      return segment.method === "get"
        ? `.get(${formatKey(segment.at)})`
        : `.${segment.method}()[${String(segment.at)}]`;
  }
}

function formatKey(key: unknown): string {
  if (typeof key === "bigint") return `${key}n`;
  if (typeof key !== "string") return String(key);
  return JSON.stringify(key.length <= MAX_KEY ? key : `${key.slice(0, MAX_KEY)}…`);
}
