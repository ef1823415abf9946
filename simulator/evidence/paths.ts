/** The paths of everything that a path lies in, the outermost first: blocks, and their branches, items and iterations. */
export function blocksAround(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
}
