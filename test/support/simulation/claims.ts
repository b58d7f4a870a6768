/** What clients were told has been done, to be held against what stands when all is over. */
export class Claims {
  readonly acknowledged = new Set<string>();
  readonly #places = new Map<string, number>();

  /** A place that only one may have. */
  place(name: string): void {
    this.#places.set(name, (this.#places.get(name) ?? 0) + 1);
  }

  /** Places that more than one was told to have. */
  get contested(): string[] {
    return [...this.#places].filter(([, holders]) => holders > 1).map(([name]) => name);
  }
}
