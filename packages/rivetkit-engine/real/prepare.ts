import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { fileURLToPath } from "node:url";

// Packs the drop-in as it would be published and installs RivetKit with it in the place of its engine.

const RIVETKIT = "2.3.19";

const here = fileURLToPath(new URL(".", import.meta.url));
const engine = fileURLToPath(new URL("..", import.meta.url));
const installed = `${here}/installed`;
const tarball = `${installed}/engine.tgz`;

function npm(directory: string, ...args: readonly string[]): string {
  return execFileSync("npm", args, {
    cwd: directory,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

mkdirSync(installed, { recursive: true });
const [packed] = JSON.parse(npm(engine, "pack", "--json", "--pack-destination", installed)) as {
  filename: string;
}[];
renameSync(`${installed}/${packed?.filename}`, tarball);

const manifest = `${JSON.stringify({
  private: true,
  type: "module",
  dependencies: { "@rivetkit/workflow-engine": "file:./engine.tgz", rivetkit: RIVETKIT },
  // RivetKit asks for its engine by name and gets what this project depends on under that name.
  overrides: { "@rivetkit/workflow-engine": "$@rivetkit/workflow-engine" },
})}\n`;
const same =
  existsSync(`${installed}/package.json`) && readFileSync(`${installed}/package.json`, "utf8") === manifest;
if (!same || !existsSync(`${installed}/node_modules/rivetkit`)) {
  writeFileSync(`${installed}/package.json`, manifest);
  rmSync(`${installed}/package-lock.json`, { force: true });
  npm(installed, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error");
} else {
  // What RivetKit itself consists of does not change: only the engine is unpacked again.
  const target = `${installed}/node_modules/@rivetkit/workflow-engine`;
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"]);
}
for (const file of ["server.ts", "actors.ts", "effects.ts"])
  copyFileSync(`${here}/${file}`, `${installed}/${file}`);
