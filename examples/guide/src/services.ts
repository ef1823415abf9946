/** The world that the guide's workflows act on; the tests bring one that remembers what was done. */
export interface Bank {
  charge(
    card: string,
    cents: number,
    call: { readonly idempotencyKey: string; readonly signal: AbortSignal },
  ): Promise<string>;
  mailReceipt(charge: string): Promise<void>;
}

export interface Mail {
  send(to: string, text: string): Promise<void>;
}

export interface Travel {
  book(what: "flight" | "hotel" | "car"): Promise<string>;
  cancel(booking: string): Promise<void>;
}

export interface Prices {
  ask(shop: string, article: string): Promise<number>;
}

export interface Archive {
  copy(file: string): Promise<void>;
}
