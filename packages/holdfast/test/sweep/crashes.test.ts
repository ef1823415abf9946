import { describe, expect, it } from "vitest";
import { crashEverywhere } from "../../src/testing/crash-everywhere.ts";
import { programGroups } from "./programs.ts";

describe.each(Object.entries(programGroups))(
  "a crash before or after any storage operation changes nothing: %s",
  (_group, programs) => {
    it.each(programs)("$name", { timeout: 60_000 }, async (program) => {
      const { cases } = await crashEverywhere(program);
      expect(cases).toBeGreaterThan(0);
    });
  },
);
