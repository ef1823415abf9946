/**
 * How rough a world is: `calm` has no faults, `storm` has many and then none, `upgrade` changes the code of its hosts
 * forth and back, `soup` is any of it.
 */
export type Weather = "soup" | "storm" | "calm" | "upgrade";
