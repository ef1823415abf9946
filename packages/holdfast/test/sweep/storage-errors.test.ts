import { describe, expect, it } from "vitest";
import { crashEverywhere } from "../../src/testing/crash-everywhere.ts";
import { programGroups } from "./programs.ts";

describe.each(Object.entries(programGroups))(
  "an error of any storage operation changes nothing: %s",
  (_group, programs) => {
    it.each(programs)("$name", { timeout: 60_000 }, async (program) => {
      const { cases } = await crashEverywhere(program, {
        faults: ["not-applied", "unknown-applied", "unknown-not-applied", "unknown-applied-late"],
      });
      expect(cases).toBeGreaterThan(0);
    });
  },
);
