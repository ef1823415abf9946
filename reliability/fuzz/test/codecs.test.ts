import { expect, test } from "vitest";
import { runFuzz } from "./run-fuzz.ts";

// In a process of its own: its prototypes are frozen in the end.
test("the laws of keys and codecs hold", async () => {
  const { code, output } = await runFuzz(["--codecs", "17500", "--seed", "1"]);
  expect(output.split("\n").filter((line) => line.startsWith("BUG"))).toEqual([]);
  expect(output).toContain("0 broken");
  expect(code).toBe(0);
}, 120_000);
