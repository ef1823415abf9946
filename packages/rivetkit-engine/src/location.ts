import type { Location, LoopIterationMarker, NameIndex, PathSegment, Storage } from "./model/history.ts";

export function isLoopIterationMarker(segment: PathSegment): segment is LoopIterationMarker {
  return typeof segment === "object";
}

/** The index of a name in the registry; a name that is not there yet is added. */
export function registerName(storage: Pick<Storage, "nameRegistry">, name: string): NameIndex {
  const known = storage.nameRegistry.indexOf(name);
  return known >= 0 ? known : storage.nameRegistry.push(name) - 1;
}

/** @throws Error when there is no such index. */
export function resolveName(storage: Storage, index: NameIndex): string {
  const name = storage.nameRegistry[index];
  if (name === undefined) throw new Error(`Name index ${index} not found in registry`);
  return name;
}

/** A location as text: names, and `~N` for iterations, joined by `/`. */
export function locationToKey(storage: Storage, location: Location): string {
  return location
    .map((segment) =>
      isLoopIterationMarker(segment) ? `~${segment.iteration}` : resolveName(storage, segment),
    )
    .join("/");
}

export function appendName(storage: Storage, location: Location, name: string): Location {
  return [...location, registerName(storage, name)];
}

export function appendLoopIteration(
  storage: Storage,
  location: Location,
  loopName: string,
  iteration: number,
): Location {
  return [...location, { loop: registerName(storage, loopName), iteration }];
}

/** The root. */
export function emptyLocation(): Location {
  return [];
}

/** All segments but the last. */
export function parentLocation(location: Location): Location {
  return location.slice(0, -1);
}

/** Whether `location` is `prefix` or lies under it. */
export function isLocationPrefix(prefix: Location, location: Location): boolean {
  return (
    prefix.length <= location.length &&
    prefix.every((segment, i) => sameSegment(segment, location[i] as PathSegment))
  );
}

export function locationsEqual(a: Location, b: Location): boolean {
  return a.length === b.length && isLocationPrefix(a, b);
}

function sameSegment(a: PathSegment, b: PathSegment): boolean {
  if (!isLoopIterationMarker(a) || !isLoopIterationMarker(b)) return a === b;
  return a.loop === b.loop && a.iteration === b.iteration;
}

/** Orders locations as their keys are stored: names by index, iterations by number, names first. */
export function compareLocations(a: Location, b: Location): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = compareSegments(a[i] as PathSegment, b[i] as PathSegment);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareSegments(a: PathSegment, b: PathSegment): number {
  if (isLoopIterationMarker(a)) {
    if (!isLoopIterationMarker(b)) return 1;
    return a.loop - b.loop || a.iteration - b.iteration;
  }
  return isLoopIterationMarker(b) ? -1 : a - b;
}
