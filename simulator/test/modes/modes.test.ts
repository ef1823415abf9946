import { describe, expect, it } from "vitest";
import { MODES, modeNamed } from "../../modes/all.ts";
import { numberedSeed } from "../../random/prng.ts";

/** Modes of which one case is quick. */
const QUICK = ["single", "soup", "liveness", "differential", "upgrade", "bare", "handles"];

describe.each(QUICK)("%s", (name) => {
  it("plays a case in which nothing is wrong", async () => {
    const mode = modeNamed(name);
    const id = mode.cases === null ? numberedSeed(7) : "7";
    const report = await mode.play(id);
    expect(report.problems).toEqual([]);
    expect(report.id).toBe(id);
    expect(report.worlds).toBeGreaterThan(0);
    expect(report.facts).toBeGreaterThan(0);
  }, 30_000);
});

describe("an id", () => {
  it("of an exhaustive mode can name the faults of one world", async () => {
    const report = await modeNamed("double").play("0/host-0:2:crash-after/host-0:4:answer-lost");
    expect(report.worlds).toBe(1);
    expect(report.faults).toMatchObject({ "crash-after": 1, "answer-lost": 1, kill: 1 });
    expect(report.problems).toEqual([]);
  });

  it("that no program has is refused", () => {
    expect(() => modeNamed("single").scenario("100000")).toThrow(RangeError);
  });
});

it("a mode that there is not is refused with the names of those there are", () => {
  for (const { name } of MODES) expect(() => modeNamed("none")).toThrow(name);
});
