import { appendFileSync, existsSync, readFileSync } from "node:fs";

// What steps did in the world: lines of a file, so that it outlives every process.

const file = process.env.EFFECTS_FILE ?? "effects.log";

export function effect(what: string): void {
  appendFileSync(file, `${what}\n`);
}

export function effects(path: string): string[] {
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
}
