/** How alike two names must be for one to be taken for a misspelling of the other: the share of letters in common. */
const ALIKE = 0.6;
/** More suggestions than this help nobody. */
const MOST = 2;

/** The names that `name` may have been meant for, the likeliest first. */
export function nearNames(name: string, known: Iterable<string>): string[] {
  return Array.from(known, (candidate) => ({ candidate, alike: likeness(name, candidate) }))
    .filter(({ alike }) => alike >= ALIKE)
    .sort((a, b) => b.alike - a.alike)
    .slice(0, MOST)
    .map(({ candidate }) => candidate);
}

/** The share of letters that two names have in common, in the same order; 1 for names that differ in case only. */
function likeness(a: string, b: string): number {
  return (2 * commonLetters(a.toLowerCase(), b.toLowerCase())) / (a.length + b.length);
}

/** The length of the longest sequence of letters that both have, with gaps. */
function commonLetters(a: string, b: string): number {
  let before: number[] = new Array(b.length + 1).fill(0);
  for (const letter of a.slice(0, 100)) {
    const row = [0];
    for (let j = 1; j <= b.length; j++) {
      const longer = letter === b[j - 1] ? (before[j - 1] ?? 0) + 1 : 0;
      row.push(Math.max(longer, before[j] ?? 0, row[j - 1] ?? 0));
    }
    before = row;
  }
  return before[b.length] ?? 0;
}
