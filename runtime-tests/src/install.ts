import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

const HERE = join(import.meta.dirname, "..");
const ROOT = join(HERE, "..");

/** Installs the runtimes when they are not there as the lock file says, and builds the library that is tested. */
export function prepare(): void {
  if (!isInstalled()) npm(["ci"], HERE, "Installing the runtimes into runtime-tests/node_modules …");
  npm(["run", "build", "--silent"], ROOT, "Building holdfast …");
}

function isInstalled(): boolean {
  const installed = join(HERE, "node_modules/.package-lock.json");
  return (
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(HERE, "package-lock.json")).mtimeMs
  );
}

function npm(args: readonly string[], folder: string, why: string): void {
  process.stderr.write(`${why}\n`);
  execFileSync("npm", args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}
