/** Ends this process when the one that started it is gone; this alone keeps it alive no longer. */
export function endsWithParent(): void {
  process.stdin.on("end", () => process.exit());
  process.stdin.on("error", () => process.exit());
  process.stdin.resume();
  (process.stdin as { unref?: () => void }).unref?.();
}
