// Compiled, never run: every door has declarations that stand on their own.

export type * as index from "holdfast";
export type * as cloudflare from "holdfast/cloudflare";
export type * as memory from "holdfast/memory";
export type * as sqlite from "holdfast/sqlite";
export type * as testing from "holdfast/testing";
