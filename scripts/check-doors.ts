// Imports every door of the built package the way a user does, by its name.

import { readFile } from "node:fs/promises";

const packageFile = new URL("../packages/holdfast/package.json", import.meta.url);
const { name, exports } = JSON.parse(await readFile(packageFile, "utf8")) as {
  name: string;
  exports: Record<string, unknown>;
};

for (const subpath of Object.keys(exports).filter((key) => !key.endsWith(".json"))) {
  const door = subpath.replace(/^\./, name);
  const names = Object.keys(await import(door));
  if (names.length === 0 || names.includes("default")) {
    throw new Error(`${door}: a door exports names, and no default; found [${names.join(", ")}]`);
  }
  console.log(`${door}: ${names.length} names`);
}
