/** The message of anything that was thrown, whatever it does when it is looked at. */
export function messageOf(thrown: unknown): string {
  try {
    const message: unknown = thrown instanceof Error ? thrown.message : thrown;
    return typeof message === "string" ? message : String(message);
  } catch {
    return "something that cannot be looked at";
  }
}
