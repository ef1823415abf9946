/** Calls of the store, as they are counted in coverage and named in faults. */
export type CallName =
  | "create"
  | "get"
  | "list"
  | "claim"
  | "renew"
  | "release"
  | "enqueue"
  | "response"
  | "request"
  | "delete"
  | "statistics"
  | "load"
  | "rows"
  | "commit"
  | "applied"
  | "peek"
  | "alarm";
