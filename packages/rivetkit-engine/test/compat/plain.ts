/** Values as they stand in the recorded file: JSON, with what JSON has no word for left out. */
export function plain(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}
