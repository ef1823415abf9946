/**
 * What kind of built-in an object is: told by internal slots, not by what the object says of itself.
 *
 * Owns: the recognition of values that are stored as more than plain data. Does not own: how they are stored.
 *
 * Objects of another realm (a test runner's sandbox, a frame) are recognised too; they come back as objects of the realm
 * that decodes. An instance of a subclass is not a built-in: its class would be lost.
 */

export type BuiltInKind =
  | "Date"
  | "Map"
  | "Set"
  | "RegExp"
  | "ArrayBuffer"
  | "View"
  | "URL"
  | "URLSearchParams"
  | "Temporal";

interface BuiltInType {
  readonly kind: BuiltInKind;
  readonly prototype: object;
  /** Throws for objects that only pretend. */
  readonly brand: (value: object) => unknown;
}

type Method = (this: object) => unknown;

function getter(prototype: object, key: PropertyKey): (value: object) => unknown {
  const get = Object.getOwnPropertyDescriptor(prototype, key)?.get as Method;
  return (value) => get.call(value);
}

const getTime = Date.prototype.getTime as Method;
const regExpSource = getter(RegExp.prototype, "source");
const viewPrototype: object = Object.getPrototypeOf(Uint8Array.prototype);
const typedArrayName = getter(viewPrototype, Symbol.toStringTag);

const builtInTypes = new Map<string, BuiltInType>([
  ["Date", { kind: "Date", prototype: Date.prototype, brand: (value) => getTime.call(value) }],
  ["RegExp", { kind: "RegExp", prototype: RegExp.prototype, brand: regExpSource }],
  ["Map", { kind: "Map", prototype: Map.prototype, brand: getter(Map.prototype, "size") }],
  ["Set", { kind: "Set", prototype: Set.prototype, brand: getter(Set.prototype, "size") }],
  [
    "ArrayBuffer",
    {
      kind: "ArrayBuffer",
      prototype: ArrayBuffer.prototype,
      brand: getter(ArrayBuffer.prototype, "byteLength"),
    },
  ],
  ["URL", { kind: "URL", prototype: URL.prototype, brand: getter(URL.prototype, "href") }],
  [
    "URLSearchParams",
    {
      kind: "URLSearchParams",
      prototype: URLSearchParams.prototype,
      brand: getter(URLSearchParams.prototype, "size"),
    },
  ],
]);

/** The name that `Object.prototype.toString` gives, such as "Map" for a map. Objects can lie about it. */
export function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** The kind of built-in, or null for everything else, subclasses and pretenders included. */
export function builtInOf(value: object): BuiltInKind | null {
  if (ArrayBuffer.isView(value)) return isDirectView(value) ? "View" : null;
  const tag = tagOf(value);
  if (tag.startsWith("Temporal.")) return temporalClassOf(tag, value) === null ? null : "Temporal";
  const type = builtInTypes.get(tag);
  if (type === undefined || !hasBrand(type, value)) return null;
  return isDirect(value, type.prototype, tag) ? type.kind : null;
}

/** The name of a typed array's or data view's class, such as "Uint8Array". */
export function viewTypeOf(view: ArrayBufferView): string {
  return (typedArrayName(view) as string | undefined) ?? "DataView";
}

/** A class of `Temporal`, as far as it is used here. */
export interface TemporalClass {
  readonly prototype: object;
  from(text: string): object;
}

/** The class of a `Temporal` value; null when it is none or the runtime has no `Temporal`. */
export function temporalClassOf(tag: string, value: object): TemporalClass | null {
  if (typeof Temporal === "undefined") return null;
  const found = Temporal[tag.slice("Temporal.".length)];
  return found !== undefined && Object.getPrototypeOf(value) === found.prototype ? found : null;
}

/** Not in every runtime yet. */
declare const Temporal: Readonly<Record<string, TemporalClass>> | undefined;

/** Whether an object with this prototype is plain: made by a literal, here or in another realm. */
export function isPlainPrototype(prototype: object | null): boolean {
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && ownClassName(prototype) === "Object";
}

/** Whether an array is no instance of a subclass. */
export function isPlainArray(value: object): boolean {
  return isDirect(value, Array.prototype, "Array");
}

/** The name of the class whose prototype this is; "" when that cannot be told. */
export function ownClassName(prototype: object): string {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, "constructor");
  const owner: unknown = descriptor?.value;
  return typeof owner === "function" ? owner.name : "";
}

function hasBrand(type: BuiltInType, value: object): boolean {
  try {
    type.brand(value);
    return true;
  } catch {
    return false;
  }
}

/** Whether `value` is an instance of the class itself. A subclass can have the name of its parent, hence both tests. */
function isDirect(value: object, prototype: object, name: string): boolean {
  const own: object | null = Object.getPrototypeOf(value);
  if (own === prototype) return true;
  if (own === null || Object.prototype.isPrototypeOf.call(prototype, own)) return false;
  return ownClassName(own) === name;
}

function isDirectView(view: ArrayBufferView): boolean {
  const name = viewTypeOf(view);
  if (name === "DataView") return isDirect(view, DataView.prototype, name);
  const own: object | null = Object.getPrototypeOf(view);
  const parent: object | null = own === null ? null : Object.getPrototypeOf(own);
  if (own === null || parent === null || ownClassName(own) !== name) return false;
  // All classes of typed arrays have the same parent; a subclass of one is a level further down.
  return parent === viewPrototype || !Object.prototype.isPrototypeOf.call(viewPrototype, parent);
}
