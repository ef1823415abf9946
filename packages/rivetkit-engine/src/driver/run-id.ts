/** What the engine calls every run: a host's namespace holds one, and tells runs apart by itself. */
export const RUN_ID = "workflow";
