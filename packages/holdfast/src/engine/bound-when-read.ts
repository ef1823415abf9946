/**
 * Lets the methods of a class be taken off its objects, `const { step } = ctx`: each is bound when it is read, so that the
 * making of an object costs nothing more.
 */
export function boundWhenRead(prototype: object): void {
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (name === "constructor" || typeof value !== "function") continue;
    Object.defineProperty(prototype, name, {
      configurable: true,
      get(): unknown {
        return value.bind(this);
      },
    });
  }
}
