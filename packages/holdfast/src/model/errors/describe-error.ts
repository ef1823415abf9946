/** The message of anything that was thrown, whatever it does when it is looked at. */
export function messageOf(thrown: unknown): string {
  try {
    const message: unknown = thrown instanceof Error ? thrown.message : thrown;
    if (typeof message === "string") return message;
    return typeof message === "object" && message !== null
      ? JSON.stringify(message).slice(0, 200)
      : String(message);
  } catch {
    return "something that cannot be looked at";
  }
}
