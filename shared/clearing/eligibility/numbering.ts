import { canonicalJson } from '../../kernel/digest.ts';

/** Numbers equal values alike, by their canonical form. */
export class Numbering<Value> {
  readonly values: Value[] = [];
  readonly #numbers = new Map<string, number>();

  of(value: Value, key = canonicalJson(value)): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.values.length);
    return this.values.push(value) - 1;
  }
}
