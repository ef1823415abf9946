import type { Mutant } from "./mutant.ts";

/** Code that changes under a run, and how it is told. */
export const changes: readonly Mutant[] = [
  {
    id: "bodies-during-replay",
    title:
      "a body starts as soon as it is asked for, before the rest of the history was asked for again (replay without an end)",
    kind: "historic",
    file: "engine/pass/execution.ts",
    find: "    if (this.live) start();\n    else this.#starts.push(start);",
    replace: "    if (this.live || !this.rollingBack) start();\n    else this.#starts.push(start);",
    modes: ["soup", "upgrade"],
  },
  {
    id: "visited-by-name",
    title:
      "an entry counts as asked for when one of its name was asked for anywhere (visited marks per scope)",
    kind: "historic",
    file: "engine/replay/unasked.ts",
    find: "    if (!asked.has(child)) {",
    replace:
      "    if (!asked.has(child) && ![...asked.keys()].some((other) => other.segment?.value === child.segment?.value)) {",
    modes: ["upgrade", "soup"],
  },
  {
    id: "names-joined",
    title:
      "a location is the text of its path, so that two locations can be one (names joined with a separator)",
    kind: "historic",
    file: "engine/replay/claim.ts",
    find: "const place = scope.place.child({ type: SegmentType.name, value: index });",
    replace:
      'const joined = [run.journal.format(scope.place), name].join("/");\n  const place =\n    scope.place === run.journal.root\n      ? scope.place.child({ type: SegmentType.name, value: index })\n      : run.journal.root.child({ type: SegmentType.name, value: run.journal.nameIndex(joined) });',
    modes: ["single", "soup"],
  },
  {
    id: "names-one-commit-late",
    title: "a new name is written with the commit after the one that uses it (registries flushed apart)",
    kind: "historic",
    file: "history/name-registry.ts",
    find: "for (; this.#told < needed; this.#told++) indexes.push(this.#told);",
    replace:
      "const late = this as unknown as { seen?: number };\n    const upTo = late.seen ?? this.#told;\n    late.seen = needed;\n    for (; this.#told < upTo; this.#told++) indexes.push(this.#told);",
    modes: ["single", "soup"],
  },
  {
    id: "version-asked-again",
    title:
      "a version gate answers the version of the code that replays, not the recorded one (feature flags in workflow code)",
    kind: "historic",
    file: "engine/primitives/version.ts",
    find: "if (place.entry !== null) return operation.replay(place.entry, turnOf(place.entry));",
    replace: "if (place.entry !== null) return operation.replay({ ...place.entry, count: latest });",
    modes: ["upgrade", "soup"],
  },
  {
    id: "divergence-writes-results",
    title:
      "a run that is held for a divergence writes what the wrong code has done (errors that end a pass like others)",
    kind: "historic",
    file: "engine/pass/run-ending.ts",
    find: "  await holdRun({ workflowId, claim, world: settings.world, report }, reason, error);",
    replace:
      '  if (reason === "divergence") await state.committer.commit({ status: "paused", pause: reason }, null);\n  else await holdRun({ workflowId, claim, world: settings.world, report }, reason, error);',
    modes: ["upgrade", "soup"],
  },
  {
    id: "old-run-gets-latest",
    title: "a run that is older than a version gate gets the latest version (versioning by a default)",
    kind: "historic",
    file: "engine/primitives/version.ts",
    find: '      pass: () => pinInThisTurn(1),\n      resolve: (version) => pin(version === "first" ? 1 : latest),',
    replace: "      pass: () => pinInThisTurn(latest),\n      resolve: () => pin(latest),",
    modes: ["upgrade"],
  },
  {
    id: "gate-of-a-rollback-waits",
    title:
      "a version gate that a rollback comes to is answered when the replay has ended, and what is behind it is not undone (gates that look ahead)",
    kind: "historic",
    file: "engine/primitives/version.ts",
    find: "if (run.rollingBack) void operation.replay(answerOfThen(scope, 1), turns.current);",
    replace: "if (run.rollingBack) void operation;",
    modes: ["upgrade"],
  },
  {
    id: "gate-at-the-end-of-an-item",
    title:
      "a version gate at the end of an item is answered without a look at the items that came after (gates that look at their scope)",
    kind: "historic",
    file: "engine/primitives/version.ts",
    find: "if (parent?.entry == null || segment === null || !REPEATING.has(parent.entry.kind)) return false;",
    replace:
      "if (parent?.entry == null || segment !== null || !REPEATING.has(parent.entry.kind)) return false;",
    modes: ["upgrade"],
  },
  {
    id: "removed-asks-again",
    title: "what marks a removed operation does not count as having asked for it (patch markers)",
    kind: "historic",
    file: "engine/replay/claim.ts",
    find: "if (!run.live) run.asked.set(place, kind);",
    replace: 'if (!run.live && kind !== "removed") run.asked.set(place, kind);',
    modes: ["upgrade"],
  },
];
