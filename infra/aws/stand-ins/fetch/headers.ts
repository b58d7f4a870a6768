const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What the Fetch standard forbids, and what is no byte. */
const unfit = /[\0\n\r]|[^\0-\xff]/;
const outerSpace = /^[\t\n\r ]+|[\t\n\r ]+$/g;

const nameOf = (name: string): string => {
  if (!token.test(name)) throw new TypeError(`${name} is no name of a header`);
  return name.toLowerCase();
};

const valueOf = (value: string): string => {
  const trimmed = value.replaceAll(outerSpace, '');
  if (unfit.test(trimmed)) throw new TypeError('a header has a value that cannot be sent');
  return trimmed;
};

export type HeadersInit = Iterable<readonly [string, string]> | Readonly<Record<string, string>>;

/**
 * `Headers` of the Fetch standard: names in lower case, values of one name joined by commas, all in order of their names,
 * cookies to be set one by one. Errors: TypeError for names and values that cannot be sent.
 */
export class Headers {
  readonly #values = new Map<string, string>();
  #cookies: string[] = [];

  constructor(init: HeadersInit = {}) {
    for (const [name, value] of Symbol.iterator in init ? init : Object.entries(init))
      this.append(name, value);
  }

  append(name: string, value: string): void {
    const key = nameOf(name);
    const added = valueOf(value);
    const before = this.#values.get(key);
    if (key === 'set-cookie') this.#cookies.push(added);
    else this.#values.set(key, before === undefined ? added : `${before}, ${added}`);
  }

  set(name: string, value: string): void {
    const key = nameOf(name);
    const only = valueOf(value);
    if (key === 'set-cookie') this.#cookies = [only];
    else this.#values.set(key, only);
  }

  delete(name: string): void {
    const key = nameOf(name);
    if (key === 'set-cookie') this.#cookies = [];
    else this.#values.delete(key);
  }

  get(name: string): string | null {
    const key = nameOf(name);
    if (key !== 'set-cookie') return this.#values.get(key) ?? null;
    return this.#cookies.length === 0 ? null : this.#cookies.join(', ');
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  getSetCookie(): string[] {
    return [...this.#cookies];
  }

  forEach(visit: (value: string, name: string, headers: this) => void): void {
    for (const [name, value] of this) visit(value, name, this);
  }

  *entries(): Generator<[string, string]> {
    const names = [...this.#values.keys(), ...(this.#cookies.length === 0 ? [] : ['set-cookie'])].sort();
    for (const name of names)
      if (name === 'set-cookie') for (const cookie of this.#cookies) yield [name, cookie];
      else yield [name, this.#values.get(name) ?? ''];
  }

  *keys(): Generator<string> {
    for (const [name] of this) yield name;
  }

  *values(): Generator<string> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): Generator<[string, string]> {
    return this.entries();
  }
}
