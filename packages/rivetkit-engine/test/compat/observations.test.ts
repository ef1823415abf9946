import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as ours from "../../src/testing.ts";
import { differences } from "./differences.ts";
import { plain } from "./plain.ts";
import { scenarios } from "./scenarios/all.ts";

const file = new URL("./golden/observations.json", import.meta.url);
const recorded = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;

describe("what was observed of RivetKit's own engine", () => {
  for (const { name, observe } of scenarios) {
    const difference = differences[name];
    test(difference === undefined ? name : `${name} (other than theirs: ${difference.reason})`, async () => {
      const seen = plain(await observe(ours));
      if (difference !== undefined) difference.check(seen);
      else expect(seen).toEqual(recorded[name]);
    });
  }

  test("every difference is one, and every observation is still made", async () => {
    const names = scenarios.map(({ name }) => name);
    expect(Object.keys(recorded)).toEqual(names);
    for (const name of Object.keys(differences)) expect(names).toContain(name);
  });
});
