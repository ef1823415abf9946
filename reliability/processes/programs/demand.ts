import type { Node, Program } from "./program.ts";

/** Messages that a run of a program waits for at most. */
export interface Demand {
  readonly message: string;
  readonly count: number;
  /** Whether the senders want answers. */
  readonly completable: boolean;
}

/** What has to be sent to a run of this program. Of several names of one wait each gets enough for all of its turns. */
export function demandOf(program: Program): Demand[] {
  return program.flatMap(demandOfNode);
}

function demandOfNode(node: Node): Demand[] {
  switch (node.kind) {
    case "receive":
      return node.messages.map((message) => ({ message, count: 1, completable: false }));
    case "batch":
      return [{ message: node.message, count: node.count, completable: false }];
    case "serve":
      return [{ message: node.message, count: 1, completable: true }];
    case "loop":
      return times(demandOf(node.body), node.iterations);
    case "map":
      return times(demandOf(node.body), node.items);
    case "join":
    case "race":
      return node.branches.flatMap(demandOf);
    case "try":
      return demandOf(node.body);
    default:
      return [];
  }
}

function times(demands: readonly Demand[], factor: number): Demand[] {
  return demands.map((demand) => ({ ...demand, count: demand.count * factor }));
}
