import { DEFAULT_MAX_RETRIES } from "#holdfast/index.ts";
import type { Node, Program } from "./program.ts";
import { Trace } from "./trace.ts";

/**
 * The places at which every complete run of a program has seen something, as one who needs no storage finds them. What
 * lies in the branches of a race is not among them: which of it is seen depends on who wins.
 */
export function placesOf(program: Program): string[] {
  const walk = new Walk();
  walk.program(program, new Trace());
  return walk.places;
}

class Walk {
  readonly places: string[] = [];

  /** False when the program fails here. */
  program(program: Program, trace: Trace): boolean {
    return program.every((node) => this.#node(node, trace));
  }

  #node(node: Node, trace: Trace): boolean {
    const at = (suffix = ""): void => void this.places.push(trace.at(`${node.name}${suffix}`));
    const inside = (body: Program, suffix: string): boolean =>
      this.program(body, trace.strand(`${node.name}${suffix}`));
    switch (node.kind) {
      case "step":
        if ((node.failures ?? 0) > (node.maxRetries ?? DEFAULT_MAX_RETRIES)) return false;
        at();
        return true;
      case "batch":
        at(".0");
        return true;
      case "serve":
        at();
        at("-answer");
        return true;
      case "child":
        at("-start");
        at();
        return true;
      case "loop":
        return indexes(node.iterations).every((i) => inside(node.body, `#${i}`));
      case "map":
        return indexes(node.items).every((i) => inside(node.body, `[${i}]`));
      case "join":
        return node.branches.every((branch, i) => inside(branch, `~${i}`));
      case "try":
        this.#attempt(node.body, trace.strand(node.name));
        at();
        return true;
      case "gate":
        return true;
      case "fail":
        return false;
      default:
        at();
        return true;
    }
  }

  /** What a block has seen that failed is lost with it. */
  #attempt(body: Program, trace: Trace): void {
    const before = this.places.length;
    if (!this.program(body, trace)) this.places.length = before;
  }
}

function indexes(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
