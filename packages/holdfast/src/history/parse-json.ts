/**
 * `JSON.parse` that gives every key as it is written.
 *
 * V8 (seen in Node 24.21) takes a key that is written with an escape for a key of an object parsed before: after
 * `{"a":1,"\\":2}` it reads `{"a":1,"\n":2}` with the key `\`. Values are not touched by it. So keys with escapes stand
 * as placeholders while the text is parsed, and get their names afterwards.
 */
export function parseJson(text: string): unknown {
  if (!text.includes("\\")) return JSON.parse(text);
  let prefix = "\ue000";
  while (text.includes(prefix)) prefix += "\ue000";
  const { plain, names } = withPlaceholders(text, prefix);
  const value: unknown = JSON.parse(plain);
  if (names.length > 0) nameKeys(value, prefix, names);
  return value;
}

function withPlaceholders(text: string, prefix: string): { plain: string; names: string[] } {
  const names: string[] = [];
  let plain = "";
  let copied = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    const end = endOfString(text, at);
    const token = text.slice(at, end);
    if (token.includes("\\") && isKey(text, end)) {
      plain += `${text.slice(copied, at)}"${prefix}${names.length}"`;
      copied = end;
      names.push(JSON.parse(token) as string);
    }
    at = end;
  }
  return { plain: plain + text.slice(copied), names };
}

/** The position behind the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0x5c) i++;
    else if (unit === 0x22) return i + 1;
  }
  return text.length;
}

/** Whether a string that ends at `end` is a key: a colon follows. */
function isKey(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && " \t\n\r".includes(text[at] as string)) at++;
  return text[at] === ":";
}

function nameKeys(root: unknown, prefix: string, names: readonly string[]): void {
  const waiting: unknown[] = [root];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value !== "object" || value === null) continue;
    const object = value as Record<string, unknown>;
    const keys = Object.keys(object);
    for (const key of keys) waiting.push(object[key]);
    if (Array.isArray(value) || !keys.some((key) => key.startsWith(prefix))) continue;
    const entries = keys.map((key) => [key, object[key]] as const);
    for (const key of keys) delete object[key];
    for (const [key, held] of entries) {
      const name = key.startsWith(prefix) ? (names[Number(key.slice(prefix.length))] ?? key) : key;
      Object.defineProperty(object, name, {
        value: held,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
  }
}
