import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const BREAK = fileURLToPath(new URL("./breaks/break.ts", import.meta.url));

/** The fuzz in a process of its own, with one safeguard of the library taken out if one is named. */
export async function runFuzz(
  args: readonly string[],
  broken?: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const preload = broken === undefined ? [] : ["--import", BREAK];
  const child = spawn(process.execPath, [...preload, MAIN, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, HOLDFAST_BREAK: broken },
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  return { code, output };
}
