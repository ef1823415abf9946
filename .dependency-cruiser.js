// Which file may import which. Imports point down the layers only, type imports included, and never in a circle.

const SRC = "packages/holdfast/src";

/** From the bottom up: a layer may import itself and every layer named before it. */
const LAYERS = ["model", "storage", "history", "engine", "system", "host", "objects", "testing"];

/** Layers that run in every runtime: no `node:` module, and no package but the codec's. */
const PURE = `^${SRC}/(model|storage|history|engine|drivers/(memory|kv|cloudflare))/`;

const layerRules = LAYERS.map((layer, level) => {
  const below = LAYERS.slice(0, level + 1);
  const allowed = layer === "objects" || layer === "testing" ? [...below, "drivers"] : below;
  return {
    name: `layer-${layer}`,
    comment: `${layer} may import only ${allowed.join(", ")}.`,
    severity: "error",
    from: { path: `^${SRC}/${layer}/` },
    to: { path: `^${SRC}/`, pathNot: `^${SRC}/(${allowed.join("|")})/` },
  };
});

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...layerRules,
    {
      name: "layer-drivers",
      comment:
        "A driver imports only storage, model and files of its own folder; those built on the kv driver import it.",
      severity: "error",
      from: { path: `^${SRC}/drivers/([^/]+)/` },
      to: { path: `^${SRC}/`, pathNot: [`^${SRC}/(storage|model)/`, `^${SRC}/drivers/(kv|$1)/`] },
    },
    {
      name: "known-layer",
      comment: "Every file in src is a door or belongs to a layer this file names.",
      severity: "error",
      from: { path: `^${SRC}/[^/]+/`, pathNot: `^${SRC}/(${LAYERS.join("|")}|drivers/[^/]+)/` },
      to: {},
    },
    {
      name: "no-cycle",
      comment: "No file reaches itself through its imports.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "pure-without-node",
      comment: "The pure layers use no module of a runtime.",
      severity: "error",
      from: { path: PURE },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "neutral-doors",
      comment:
        "What browsers and workers import leads to no module of a runtime. SQLite is Node's, Bun's and Deno's.",
      severity: "error",
      from: { path: `^${SRC}/[^/]+\\.ts$`, pathNot: `^${SRC}/(sqlite|postgres)\\.ts$` },
      to: { path: "^node:", reachable: true },
    },
    {
      name: "pure-without-packages",
      comment: "The only packages the pure layers use are the payload codec and the parser of durations.",
      severity: "error",
      from: { path: PURE },
      to: {
        dependencyTypes: ["npm", "npm-dev", "npm-peer", "npm-no-pkg"],
        pathNot: "node_modules/(devalue|ms)/",
      },
    },
    {
      name: "codec-in-history",
      comment: "Only history encodes values.",
      severity: "error",
      from: { path: `^${SRC}/`, pathNot: `^${SRC}/history/` },
      to: { path: "node_modules/devalue/" },
    },
    {
      name: "doors-outside",
      comment: "Examples use the package by its doors.",
      severity: "error",
      from: { path: "^examples/" },
      to: { path: `^${SRC}/` },
    },
    {
      name: "no-tests-in-source",
      comment: "Sources do not import tests.",
      severity: "error",
      from: { path: `^${SRC}/` },
      to: { path: "/test/" },
    },
    {
      name: "resolvable",
      comment:
        "Every import leads to a file, but for folders whose own packages are installed by their own commands.",
      severity: "error",
      from: { pathNot: "^(examples|packages/rivetkit-engine/(peer|real))/" },
      to: { couldNotResolve: true, pathNot: "^holdfast(/|$)" },
    },
  ],
  options: {
    // TypeScript 7 has no parser API yet. swc reads type imports as well, but not `import("…")` types: lint forbids them.
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
  },
};
