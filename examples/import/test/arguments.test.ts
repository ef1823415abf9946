import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { readArguments, UsageError } from "../src/arguments.ts";

test("a path on the command line is taken from where the command was typed", () => {
  vi.stubEnv("INIT_CWD", join("/", "home", "ada"));
  expect(readArguments(["--input", "my.csv"]).input).toBe(join("/", "home", "ada", "my.csv"));
  expect(readArguments(["--input", "/data/my.csv"]).input).toBe("/data/my.csv");
});

test.each([
  [["--kills", "-1"]],
  [["--kills", "21"]],
  [["--kills", "many"]],
  [["--input"]],
  [["--input", ""]],
  [["--inptu", "my.csv"]],
  [["my.csv"]],
])("a command line that makes no sense is refused: %j", (args) => {
  expect(() => readArguments(args)).toThrow(UsageError);
});
